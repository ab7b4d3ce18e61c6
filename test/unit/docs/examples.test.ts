import { execFile, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type SecureServer, serveSecurely } from '../../support/arm/secure-server';
import { World } from '../../support/arm/world';

const run = promisify(execFile);
const isInstalled = (program: string): boolean => spawnSync('which', [program]).status === 0;
const whereInstalled = (program: string) => (isInstalled(program) ? it : it.skip);

let world: World;
let server: SecureServer;
let folder: string;
let environment: NodeJS.ProcessEnv;

beforeAll(async () => {
  world = await World.open();
  server = await serveSecurely(world);
  folder = mkdtempSync(join(tmpdir(), 'examples-'));
  const authority = join(folder, 'authority.pem');
  writeFileSync(authority, server.certificate);
  environment = {
    ...process.env,
    LIFEBOAT_ENDPOINT: server.endpoint,
    LIFEBOAT_TOKEN: world.ownerToken,
    LIFEBOAT_CA: authority,
    NODE_EXTRA_CA_CERTS: authority,
  };
});

afterAll(async () => {
  await server.stop();
  rmSync(folder, { recursive: true });
});

/** Runs one of them for a vault of its own, and says what it printed. */
async function example(command: string, file: string, vault: string): Promise<string> {
  const env = { ...environment, LIFEBOAT_VAULT: vault };
  const { stdout } = await run(command, [`examples/${file}`], { env, timeout: 100_000 });
  return stdout;
}

function expectASite(printed: string, vault: string): void {
  expect(printed).toMatch(
    new RegExp(
      `^vault ${vault}\npolicy every-five-minutes\nsite office\ncontainer \\S+ is mapped to Microsoft Azure\ntoken \\S{20,}(\n|$)`,
    ),
  );
}

describe('the examples', () => {
  it('set up a site with the official clients, and show that nothing is protected yet', async () => {
    expectASite(await example(process.execPath, 'sdk/set-up-site.mjs', 'by-sdk'), 'by-sdk');
    expect(await example(process.execPath, 'sdk/show-points.mjs', 'by-sdk')).toBe('0 protected in by-sdk\n');
  });

  whereInstalled('curl')(
    'set up a site with curl',
    async () => {
      expectASite(await example('sh', 'curl/set-up-site.sh', 'by-curl'), 'by-curl');
    },
    240_000,
  );

  whereInstalled('az')(
    'set up a site with az rest',
    async () => {
      expectASite(await example('sh', 'az/set-up-site.sh', 'by-az'), 'by-az');
    },
    240_000,
  );

  it('say what they lack', async () => {
    const alone = run(process.execPath, ['examples/sdk/show-points.mjs'], {
      env: { ...environment, LIFEBOAT_TOKEN: '' },
    });
    await expect(alone).rejects.toMatchObject({ code: 2, stderr: expect.stringContaining('LIFEBOAT_TOKEN') });
  });
});
