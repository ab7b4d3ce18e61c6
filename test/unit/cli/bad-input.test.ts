import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { group, vault } from '../../support/arm/world';
import { Harbour, lifeboat } from './harbour';

describe('the command line, told wrong', () => {
  let harbour: Harbour;

  beforeAll(async () => {
    harbour = await Harbour.open();
    await harbour.protect('web');
    await harbour.protect('twin');
    await harbour.protect('other', { friendlyName: 'twin' });
  });

  afterAll(() => harbour.close());

  it.each([
    ['statsu', 2, /Did you mean status\?/],
    ['failover', 2, /missing required argument 'machine'/],
    ['status --helth Critical', 2, /Did you mean --health\?/],
    ['status -o jsn', 2, /Did you mean json\?/],
    ['status --query [', 2, /The query cannot be read/],
    ['status wbe', 3, /Did you mean web\?/],
    ['status twin', 2, /More than one .* Name it by its id/s],
    ['points nothing-like-it', 3, /lifeboat status lists/],
    ['failover web --point yesterday --what-if', 3, /no recovery point for "yesterday"/],
    ['failover web --point 2026-99-99 --what-if', 2, /is no moment/],
    ['failover web --details [] --yes', 2, /no JSON object/],
    ['test web --timeout soon', 2, /number from 0 on/],
    ['change-point web', 2, /required option '--point/],
    ['commit web --yes', 1, /OperationNotAllowed: .*\n.*cause: .*\n.*next: .*allowedOperations/],
    ['failover web --back --yes', 1, /OperationNotAllowed/],
    ['jobs show 00000000-0000-4000-8000-000000000000', 3, /There is no job .*\n.*jobs list/],
    ['jobs watch 1 --vault nothing', 3, /NotFound|could not be found|does not exist/i],
    ['plan run nothing --yes', 3, /plan list/],
    ['protect nothing', 3, /No site has shown/],
    ['protect web --source-id /subscriptions/s/m --policy nope', 2, /There are: daily/],
    ['protect web --fabric nowhere', 3, /no such fabric/],
    ['completion fish', 2, /Allowed choices are bash/],
    ['config set colour blue', 2, /There are: endpoint/],
    ['vault create new', 2, /--location/],
    ['cost --interval 0', 2, /interval/],
    ['cost --prices /nowhere.json', 2, /prices cannot be read/],
    ['status --vault nothing', 3, /NotFound|could not be found|does not exist/i],
  ])('answers "%s" with %i and a helpful line', async (words, code, line) => {
    const said = await harbour.lifeboat(words);
    expect(said).toEqual({ code, output: '', notes: expect.stringMatching(line) });
    expect(said.notes).not.toMatch(/\n\s+at |\[object|undefined/);
  });

  it.each([
    ['nobody answers', { LIFEBOAT_ENDPOINT: 'https://127.0.0.1:1' }, 1, /cannot be reached.*next:/s],
    ['plain http is asked for', { LIFEBOAT_ENDPOINT: 'http://127.0.0.1:1' }, 2, /no https address/],
    ['the endpoint is no address', { LIFEBOAT_ENDPOINT: 'here' }, 2, /no https address/],
    ['the authority is not trusted', { LIFEBOAT_CA_FILE: '' }, 1, /not trusted here.*--ca-file/s],
    ['the authority’s file is not there', { LIFEBOAT_CA_FILE: '/nowhere.pem' }, 2, /cannot be read/],
    [
      'the token is not one',
      { LIFEBOAT_TOKEN: 'x.y.z' },
      1,
      /InvalidAuthenticationToken.*Take another.*unset LIFEBOAT_TOKEN/s,
    ],
    ['the output is unknown', { LIFEBOAT_OUTPUT: 'yaml' }, 2, /There are: json, table, tsv/],
    ['the configuration is not JSON', { LIFEBOAT_CONFIG: '/proc/self/cmdline' }, 2, /cannot be understood/],
  ])('says what to do when %s', async (_, environment, code, line) => {
    const said = await harbour.lifeboat('status', { environment });
    expect(said).toEqual({ code, output: '', notes: expect.stringMatching(line) });
  });

  it('says who may not', async () => {
    const LIFEBOAT_TOKEN = await harbour.world.issuer.token({ roles: ['Reader'] });
    const said = await harbour.lifeboat('test web', { environment: { LIFEBOAT_TOKEN } });
    expect(said).toMatchObject({
      code: 1,
      notes: expect.stringMatching(/AuthorizationFailed.*testFailover/is),
    });
  });

  it('knows an expired login', async () => {
    const LIFEBOAT_TOKEN = await harbour.world.issuer.token({ roles: ['Owner'], expiresIn: -60 });
    const said = await harbour.lifeboat('status', { environment: { LIFEBOAT_TOKEN } });
    expect(said).toMatchObject({ code: 1, notes: expect.stringMatching(/expired.*Take another/is) });
    const examined = await harbour.lifeboat('doctor -o json', { environment: { LIFEBOAT_TOKEN } });
    expect(examined.code).toBe(1);
    expect(JSON.parse(examined.output)).toContainEqual(
      expect.objectContaining({
        check: 'sign-in',
        result: 'failed',
        action: expect.stringContaining('unset LIFEBOAT_TOKEN'),
      }),
    );
  });

  it('knows which tools are not there, and does without', async () => {
    const examined = await harbour.lifeboat('doctor -o json', { environment: { PATH: '/nowhere' } });
    expect(examined.code).toBe(0);
    const lacking = (JSON.parse(examined.output) as { check: string; result: string; detail: string }[])
      .filter(({ result }) => result === 'skipped')
      .map(({ check, detail }) => `${check}: ${detail}`);
    expect(lacking).toEqual([
      'qemu-system-x86_64: not installed: optional, with it recovered machines are booted on this machine',
      'az: not installed: optional, with it people sign in to Azure',
    ]);
  });

  it('says where to begin when nothing is known', async () => {
    const said = await lifeboat(['status'], { environment: { LIFEBOAT_CONFIG: '/nowhere/config.json' } });
    expect(said).toMatchObject({
      code: 2,
      output: '',
      notes: expect.stringContaining('lifeboat login --local'),
    });
  });

  it('asks which vault is meant when there are two', async () => {
    await harbour.world.ask('PUT', vault.replace(/[^/]+$/, 'haven'), {
      body: { location: 'westeurope', sku: { name: 'Standard' }, properties: {} },
    });
    const environment = { LIFEBOAT_VAULT: '' };
    const said = await harbour.lifeboat('status', { environment });
    expect(said).toMatchObject({ code: 2, notes: expect.stringContaining(`${group}/haven`) });
  });

  it.each([
    ['--vault', 'harbor', /There is no vault "harbor"\.\n.*Did you mean harbour\?/],
    ['--vault', 'xyz', /There is no vault "xyz"\.\n.*There are: .*rescue\/harbour/],
    ['--resource-group', 'rescu', /no vault in the resource group "rescu"\.\n.*Did you mean rescue\?/],
  ])('says that there is no vault by %s %s', async (option, name, line) => {
    const environment = { LIFEBOAT_VAULT: '', LIFEBOAT_RESOURCE_GROUP: '' };
    const said = await harbour.lifeboat(`status ${option} ${name}`, { environment });
    expect(said).toEqual({ code: 3, output: '', notes: expect.stringMatching(line) });
  });

  it('shows each request with its ids when asked to, and never a token', async () => {
    const said = await harbour.lifeboat('status -o json --debug');
    expect(said.notes).toMatch(/GET \/subscriptions\/.* 200 \d+ ms request-id=\S+ client-request-id=\S+/i);
    expect(said.notes).not.toContain(harbour.world.ownerToken);
    expect(() => JSON.parse(said.output)).not.toThrow();
  });

  it('puts no control character of a name on the terminal', async () => {
    await harbour.protect('evil', { friendlyName: 'e\u001b[2Jvil' });
    const said = await harbour.lifeboat('status');
    expect(said.output).toContain('e [2Jvil');
    expect(said.output).not.toContain('\u001b');
  });

  it('colours health on a terminal only, and not where NO_COLOR is set', async () => {
    const isTerminal = { output: true };
    const coloured = await harbour.lifeboat('status', { isTerminal });
    expect(coloured.output).toContain('\u001b[32mNormal\u001b[0m');
    const plain = await harbour.lifeboat('status', { isTerminal, environment: { NO_COLOR: '1' } });
    expect(plain.output).not.toContain('\u001b');
  });

  it('remembers settings, and lets the environment win over them', async () => {
    const LIFEBOAT_CONFIG = join(harbour.folder, 'kept', 'config.json');
    const environment = { LIFEBOAT_CONFIG, LIFEBOAT_VAULT: '' };
    mkdirSync(join(harbour.folder, 'kept'));
    writeFileSync(LIFEBOAT_CONFIG, '{"vault":"nothing","output":"tsv"}');
    expect((await harbour.lifeboat('config set resourceGroup rescue', { environment })).code).toBe(0);
    expect(JSON.parse(readFileSync(LIFEBOAT_CONFIG, 'utf8'))).toEqual({
      vault: 'nothing',
      output: 'tsv',
      resourceGroup: 'rescue',
    });
    const known = await harbour.lifeboat('health', { environment: { LIFEBOAT_CONFIG } });
    expect(known.code).toBe(0);
    const unknown = await harbour.lifeboat('status', {
      environment: { LIFEBOAT_CONFIG, LIFEBOAT_VAULT: 'none' },
    });
    expect(unknown.code).toBe(3);
  });
});
