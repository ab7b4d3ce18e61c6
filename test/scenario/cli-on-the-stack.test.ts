import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Stack, startStack } from '../support/stack';

describe('the command line, on the whole local cloud', () => {
  let stack: Stack;
  let environment: Record<string, string>;

  beforeAll(async () => {
    stack = await startStack();
    environment = {
      PATH: process.env['PATH'] ?? '',
      LIFEBOAT_CONFIG: join(stack.dataFolder, 'cli', 'config.json'),
    };
  });

  afterAll(() => stack.stop());

  const lifeboat = (
    words: string,
    more: Record<string, string> = {},
  ): Promise<{ code: number; output: string; notes: string }> =>
    new Promise((resolve) => {
      const child = execFile(
        process.execPath,
        ['dist/cli/main.js', ...words.split(' ')],
        { env: { ...environment, ...more } },
        (_, output, notes) => resolve({ code: child.exitCode ?? -1, output, notes }),
      );
    });

  it('signs in without keeping a secret, makes a vault and examines it', async () => {
    const login = await lifeboat(`login --local --data ${stack.dataFolder}`);
    expect(login).toMatchObject({ code: 0, notes: '' });
    const kept = readFileSync(environment['LIFEBOAT_CONFIG'] ?? '', 'utf8');
    expect(kept).not.toContain(stack.facts['principal.owner.secret']);
    expect(await lifeboat('login')).toEqual(login);
    const { output: token } = await lifeboat('token', { LIFEBOAT_TOKEN: 'a stale one' });
    expect(token).toMatch(/^eyJ[\w-]+\.[\w-]+\.[\w-]+\n$/);

    const made = await lifeboat('vault create harbour -g rescue --location here -o json');
    expect(made).toMatchObject({ code: 0, notes: '' });
    expect(JSON.parse(made.output)).toMatchObject({ vault: 'harbour', resourceGroup: 'rescue' });

    const page = await fetch(`${stack.facts['host.endpoint'] ?? ''}/ui`);
    expect(await page.text()).toContain('<title>lifeboat</title>');

    const examined = await lifeboat('doctor -o tsv --query [?result==`ok`].check');
    expect(examined).toMatchObject({ code: 0, notes: '' });
    expect(examined.output.split('\n')).toEqual(
      expect.arrayContaining(['settings', 'service', 'sign-in', 'vault', 'agents', 'machines']),
    );
  });

  it('signs in as the principal that the environment names, and is refused what that one may not', async () => {
    const reader = {
      LIFEBOAT_ENDPOINT: stack.facts['host.secureEndpoint'] ?? '',
      LIFEBOAT_SUBSCRIPTION: '00000000-0000-0000-0000-000000000000',
      AZURE_AUTHORITY_HOST: stack.facts['identity.endpoint'] ?? '',
      AZURE_TENANT_ID: stack.facts['identity.tenantId'] ?? '',
      AZURE_CLIENT_ID: stack.facts['principal.reader.clientId'] ?? '',
      AZURE_CLIENT_SECRET: stack.facts['principal.reader.secret'] ?? '',
      NODE_EXTRA_CA_CERTS: stack.facts['authority.file'] ?? '',
    };
    expect((await lifeboat('doctor -o json --query [?check==`sign-in`].detail', reader)).output).toContain(
      'Reader',
    );
    const refused = await lifeboat('vault create other -g rescue --location here', reader);
    expect(refused).toMatchObject({ code: 1, notes: expect.stringContaining('AuthorizationFailed') });
  });
});
