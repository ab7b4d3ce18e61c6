import { readFileSync, writeFileSync } from 'node:fs';
import { RecoveryServicesClient } from '@azure/arm-recoveryservices';
import { SiteRecoveryManagementClient } from '@azure/arm-recoveryservices-siterecovery';
import { operations } from '../../shared/arm/table';
import { extensionOperations } from '../../shared/arm/table/extensions';
import { registrationTokenOperations } from '../../shared/arm/table/registration-tokens';
import { resourceKey } from '../../shared/model/resource-id';
import { type SecureServer, serveSecurely } from '../support/arm/secure-server';
import { group, subscription, vault, vaultName, World } from '../support/arm/world';
import { rows } from './arm';
import { Lives } from './arm-lives';
import type { ArmPlace, Outcome } from './arm-rows/place';

const outcomes = new Map<string, Outcome | 'fail'>();

/** Extensions of ours are no operations of the official clients. */
const ours = new Set([...extensionOperations, ...registrationTokenOperations]);
const official = operations.filter((operation) => !ours.has(operation));

describe('the Site Recovery API, through the official clients', () => {
  let world: World;
  let server: SecureServer;
  let place: ArmPlace;
  const lives = new Lives();

  beforeAll(async () => {
    world = await World.open();
    server = await serveSecurely(world);
    const credential = {
      getToken: async () => ({ token: world.ownerToken, expiresOnTimestamp: Date.now() + 3_600_000 }),
    };
    const options = {
      endpoint: server.endpoint,
      tlsOptions: { ca: server.certificate },
      retryOptions: { maxRetries: 0 },
    };
    place = {
      site: new SiteRecoveryManagementClient(credential, subscription, options),
      vaults: new RecoveryServicesClient(credential, subscription, options),
      group,
      vault: vaultName,
      vaultId: vault,
      seed: async (id, properties) => {
        const key = resourceKey(id);
        if (key === undefined) throw new Error(`${id} is no resource id`);
        const types = id
          .slice(vault.length + 1)
          .split('/')
          .filter((_, index) => index % 2 === 0);
        const type = `Microsoft.RecoveryServices/vaults/${types.join('/')}`;
        await world.records.put(key, { id, name: id.split('/').at(-1), type, properties });
      },
      lives,
    };
  });

  afterAll(async () => {
    await lives.close();
    await server.stop();
    const count = (outcome: string): number =>
      [...outcomes.values()].filter((found) => found === outcome).length;
    console.info(
      `Site Recovery: ${count('pass')} pass, ${count('refused')} documented refusals, ${count('fail')} fail`,
    );
    if (process.env['CONFORMANCE_REPORT'] === '1') writePage();
  });

  // The rows tell one story, in order: what one makes, the next ones use.
  it('answers every operation in the order of a life', async () => {
    const failures: string[] = [];
    for (const row of rows) {
      outcomes.set(row.operation, 'fail');
      try {
        outcomes.set(row.operation, await row.run(place));
      } catch (error) {
        failures.push(`${row.operation}: ${String(error)}`);
      }
    }
    expect(failures).toEqual([]);
    expect(world.faults).toEqual([]);
  });

  it('has a row for each of the 137 operations and the 18 of vaults', () => {
    const covered = new Set(rows.map(({ operation }) => operation));
    expect(official.map(({ name }) => name).filter((name) => !covered.has(name))).toEqual([]);
    expect(official).toHaveLength(137 + 18);
    expect(covered.size).toBe(rows.length);
  });
});

/** Rewrites our section of docs/conformance.md. */
function writePage(): void {
  const page = 'docs/conformance.md';
  const [open, close] = ['<!-- arm -->', '<!-- /arm -->'];
  const words = { pass: 'yes', refused: 'documented refusal', fail: '**no**' };
  const table = rows.map(({ operation, shows }) => {
    const { importance } = operations.find(({ name }) => name === operation) ?? { importance: 2 };
    return `| \`${operation}\` | P${importance} | ${shows} | ${words[outcomes.get(operation) ?? 'fail']} |`;
  });
  const count = (outcome: string): number =>
    [...outcomes.values()].filter((found) => found === outcome).length;
  const section = `${open}

## ARM

Every operation of \`@azure/arm-recoveryservices-siterecovery\` 5.1.0 and \`@azure/arm-recoveryservices\` 6.0.0, called through the
unmodified clients over TLS. *yes*: a later read shows the effect. *documented refusal*: it makes no sense here, and the
code says so. Verbs of items and plans run through their real orchestrations on the durable engine, with the services
behind them; agents, disks and the target cloud are in memory, where their bytes can be compared.
\`npm run conformance:arm\` writes this table.

${count('pass')} pass, ${count('refused')} documented refusals and ${count('fail')} fail.

| operation | importance | what it shows | passed |
|---|---|---|---|
${table.join('\n')}

${close}`;
  const before = readFileSync(page, 'utf8');
  const [start, end] = [before.indexOf(open), before.indexOf(close)];
  const after =
    start < 0 || end < 0
      ? `${before.trimEnd()}\n\n${section}\n`
      : before.slice(0, start) + section + before.slice(end + close.length);
  writeFileSync(page, after);
}
