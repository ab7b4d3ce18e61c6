import fc from 'fast-check';
import { operations } from '../../../shared/arm/table';
import { group, subscription, vault, vaultName, World } from '../../support/arm/world';

const runs = process.env['LIFEBOAT_LONG'] === '1' ? 200 : 20;
const values: Readonly<Record<string, string>> = {
  subscriptionId: subscription,
  resourceGroupName: group,
  resourceName: vaultName,
  fabricName: 'site',
  protectionContainerName: 'box',
  replicatedProtectedItemName: 'item',
};

const words = fc.constantFrom(
  ...[
    'properties',
    'providerSpecificDetails',
    'providerSpecificInput',
    'instanceType',
    'customDetails',
    'policyId',
  ],
  ...[
    'groups',
    'failoverDirection',
    'recoveryPointId',
    'healthErrors',
    'replicationProtectedItemName',
    'location',
  ],
  ...[
    'fabricSpecificDetails',
    'recoveryNetworkId',
    'targetProtectionContainerId',
    'multiVmSyncStatus',
    'url',
    'secret',
  ],
);
const leaf = fc.oneof(
  fc.constantFrom<unknown>(
    'A2A',
    'HyperVReplicaAzure',
    'InMageRcm',
    'PrimaryToRecovery',
    'Azure',
    null,
    true,
    -1,
    1e308,
    '',
  ),
  fc.string({ maxLength: 40, unit: 'binary' }),
  fc.double(),
  fc.constant(`${vault}/replicationFabrics/site`),
);
const { tree } = fc.letrec<{ tree: unknown; node: unknown }>((tie) => ({
  tree: fc.oneof({ depthSize: 'small', withCrossShrink: true }, leaf, tie('node')),
  node: fc.oneof(fc.array(tie('tree'), { maxLength: 4 }), fc.dictionary(words, tie('tree'), { maxKeys: 6 })),
}));

/** A body that may look right at first: the usual wrapper around anything. */
const bodies = fc.oneof(
  fc.record({ properties: tree }).map((body) => JSON.stringify(body)),
  fc
    .record({
      properties: fc.record({
        providerSpecificDetails: tree,
        providerSpecificInput: tree,
        policyId: leaf,
        groups: tree,
      }),
    })
    .map((body) => JSON.stringify(body)),
  tree.map((body) => JSON.stringify(body) ?? ''),
  fc.constantFrom(
    '{',
    '[]',
    'null',
    '"x"',
    '0',
    '{"__proto__":{"a":1}}',
    '{"constructor":{"prototype":1}}',
    '\u0000',
    '['.repeat(5_000),
  ),
  fc.constant('{"properties":'.repeat(40) + '1' + '}'.repeat(40)),
  fc.constant(`{"properties":{"x":"${'y'.repeat(1_100_000)}"}}`),
);

describe('whatever is sent', () => {
  let world: World;

  beforeEach(async () => {
    world = await World.open();
    const put = (path: string, body: object): Promise<unknown> =>
      world.finish('PUT', `${vault}/${path}`, body);
    await put('replicationFabrics/site', {
      properties: { customDetails: { instanceType: 'Azure', location: 'x' } },
    });
    await put('replicationFabrics/site/replicationProtectionContainers/box', { properties: {} });
  });

  it('is answered in the envelope, without a 5xx and without a word of the inside', async () => {
    const paths = operations.map(({ method, path }) => ({
      method,
      path: path.replace(/\{(\w+)\}/g, (_, name: string) => values[name] ?? 'any'),
    }));
    let sent = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.array(bodies, { minLength: paths.length, maxLength: paths.length }),
        async (all) => {
          for (const [index, { method, path }] of paths.entries()) {
            if (path === vault && method === 'DELETE') continue;
            const answer = await world.ask(method, path, { raw: all[index] ?? '' });
            sent++;
            const shown = `${method} ${path} ${(all[index] ?? '').slice(0, 300)}`;
            expect([shown, answer.status < 500]).toEqual([shown, true]);
            if (answer.status < 400) continue;
            expect(answer.body.error).toMatchObject({
              code: expect.any(String),
              message: expect.any(String),
            });
            expect(answer.headers['x-ms-error-code']).toBe(answer.body.error.code);
            expect(JSON.stringify(answer.body)).not.toMatch(/at .*\.(ts|js):|node_modules|ZodError|stack/);
          }
          await world.jobs.idle();
        },
      ),
      { numRuns: runs, endOnFailure: true },
    );
    expect(sent).toBeGreaterThanOrEqual(20 * (operations.length - 2));
    expect(world.faults).toEqual([]);
  }, 600_000);

  it('in the address is answered in the envelope', async () => {
    const names = [
      '...',
      '%2f',
      '%00',
      'a%0ab',
      '%E2%80%AEx',
      '%',
      '%zz',
      'x'.repeat(300),
      '%3Cscript%3E',
      'a%5Cb',
      '%23',
      '%3f',
    ];
    for (const name of names) {
      for (const tail of [name, `${name}/replicationProtectionContainers`, `x/${name}`]) {
        const answer = await world.ask('GET', `${vault}/replicationFabrics/${tail}`);
        expect([tail, [400, 404].includes(answer.status)]).toEqual([tail, true]);
        expect(answer.body.error.code).toMatch(/BadRequest|UnknownAddress|NotFound/);
      }
    }
    expect(world.faults).toEqual([]);
  });

  it.each([
    'name eq',
    "eq 'x'",
    "a eq 'x",
    '(a eq 1',
    'a eq 1)',
    'a b c',
    'a eq 1 and',
    'not',
    '((((',
    "a eq 'x' or or b eq 1",
    'a in (1)',
    `${'('.repeat(900)}`,
    'x'.repeat(3_000),
    `${'not '.repeat(400)}a eq 1`,
  ])('as a filter that is none (%j) is a 400 that says so', async (filter) => {
    const query = `api-version=2023-06-01&$filter=${encodeURIComponent(filter)}`;
    const answer = await world.ask('GET', `${vault}/replicationJobs`, { query });
    expect([answer.status, answer.body.error.code]).toEqual([400, 'InvalidFilter']);
  });

  it.each(['', '2015-01-01', 'latest', '2023-13-45', "2023-06-01'--", '9'.repeat(500)])(
    'as a version that is none (%j) is a 400',
    async (version) => {
      const answer = await world.ask('GET', `${vault}/replicationJobs`, {
        query: `api-version=${encodeURIComponent(version)}`,
      });
      expect(answer.status).toBe(400);
      expect(answer.body.error.code).toMatch(/ApiVersion/);
    },
  );

  it('as a page token that is none is a 400 that says so', async () => {
    for (const token of [
      'x',
      '',
      'AAAA',
      Buffer.from('other\nx').toString('base64url'),
      Buffer.from(`${vault.toLowerCase()}/replicationjobs\n%%%`).toString('base64url'),
    ]) {
      if (token === '') continue;
      const query = `api-version=2023-06-01&$skipToken=${token}`;
      const answer = await world.ask('GET', `${vault}/replicationJobs`, { query });
      expect([token, answer.status, answer.body.error?.code]).toEqual([token, 400, 'InvalidSkipToken']);
    }
  });
});
