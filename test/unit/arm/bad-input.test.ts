import { type Ask, vault, World } from '../../support/arm/world';

const fabric = `${vault}/replicationFabrics/f`;
const policy = `${vault}/replicationPolicies/p`;
const a2a = { instanceType: 'A2A', multiVmSyncStatus: 'Enable' };
const input = (providerSpecificInput: unknown): Ask => ({ body: { properties: { providerSpecificInput } } });
const webhook = `${vault}/webhooks/w`;
const hook = { properties: { url: 'https://example.com/', secret: 'a secret of sixteen' } };
const nested = (depth: number): string => '{"a":'.repeat(depth) + '1' + '}'.repeat(depth);

/** What somebody got wrong, and what he is told. */
const mistakes: readonly (readonly [
  string,
  readonly [string, string, Ask?],
  readonly [number, string, string?],
])[] = [
  ['an operation that is none', ['GET', `${vault}/replicationFabric`], [404, 'UnknownAddress']],
  ['a method that is none', ['PATCH', fabric, {}], [405, 'MethodNotAllowed']],
  ['a vault that is none', ['GET', `${vault}x/replicationFabrics`], [404, 'NotFound']],
  ['a fabric that is none', ['GET', fabric], [404, 'NotFound']],
  [
    'a parent that is none, of a list',
    ['GET', `${fabric}/replicationProtectionContainers`],
    [404, 'NotFound'],
  ],
  [
    'a parent that is none, of a PUT',
    ['PUT', `${fabric}/replicationProtectionContainers/c`, { body: {} }],
    [404, 'ParentNotFound'],
  ],
  ['no version', ['GET', fabric, { query: '' }], [400, 'MissingApiVersionParameter', 'api-version']],
  [
    'an old version',
    ['GET', fabric, { query: 'api-version=2015-11-10' }],
    [400, 'UnsupportedApiVersion', 'api-version'],
  ],
  ['a body that is no JSON', ['PUT', fabric, { raw: '{"a"' }], [400, 'InvalidRequestContent']],
  ['a body that is deeper than 32', ['PUT', fabric, { raw: nested(33) }], [400, 'InvalidRequestContent']],
  [
    'a body that poisons prototypes',
    ['PUT', fabric, { raw: '{"__proto__":{}}' }],
    [400, 'InvalidRequestContent'],
  ],
  [
    'a body of more than 1 MiB',
    ['PUT', fabric, { raw: `"${'x'.repeat(1_048_576)}"` }],
    [413, 'RequestTooLarge'],
  ],
  [
    'a length of more than 1 MiB',
    ['PUT', fabric, { raw: '{}', headers: { 'content-length': '1048577' } }],
    [413, 'RequestTooLarge'],
  ],
  [
    'a kind of fabric that is none',
    ['PUT', fabric, { body: { properties: { customDetails: { instanceType: 'Moon' } } } }],
    [400, 'UnsupportedScenario'],
  ],
  [
    'a region that is not named',
    ['PUT', fabric, { body: { properties: { customDetails: { instanceType: 'Azure' } } } }],
    [400, 'BadRequest', 'properties.customDetails.location'],
  ],
  [
    'a wrapper that is missing',
    ['PUT', policy, { body: { providerSpecificInput: a2a } }],
    [400, 'BadRequest', 'properties'],
  ],
  [
    'a discriminator that is missing',
    ['PUT', policy, input({ multiVmSyncStatus: 'Enable' })],
    [400, 'BadRequest', 'properties.providerSpecificInput.instanceType'],
  ],
  [
    'a discriminator in another case',
    ['PUT', policy, input({ ...a2a, instanceType: 'a2a' })],
    [400, 'UnsupportedScenario', 'instanceType'],
  ],
  [
    'a property in another case',
    ['PUT', policy, input({ instanceType: 'A2A', multivmsyncstatus: 'Enable' })],
    [400, 'BadRequest', 'multiVmSyncStatus'],
  ],
  [
    'a number that is text',
    ['PUT', policy, input({ ...a2a, recoveryPointHistory: '60' })],
    [400, 'BadRequest', 'properties.providerSpecificInput.recoveryPointHistory'],
  ],
  [
    'hours of the day that are none',
    ['PUT', policy, input({ ...a2a, resyncWindow: '18:30 to 25:00' })],
    [400, 'BadRequest', 'properties.providerSpecificInput.resyncWindow'],
  ],
  [
    'a number beyond the limit',
    ['PUT', policy, input({ ...a2a, recoveryPointHistory: 21_601 })],
    [400, 'BadRequest', 'properties.providerSpecificInput.recoveryPointHistory'],
  ],
  [
    'a frequency that the source does not know',
    ['PUT', policy, input({ instanceType: 'HyperVReplicaAzure', replicationInterval: 60 })],
    [400, 'BadRequest', 'properties.providerSpecificInput.replicationInterval'],
  ],
  [
    'a page size that is none',
    ['GET', `${vault}/replicationJobs`, { query: 'api-version=2023-06-01&$top=0' }],
    [400, 'BadRequest', '$top'],
  ],
];

describe('bad input', () => {
  let world: World;
  beforeAll(async () => {
    world = await World.open();
  });

  it.each(mistakes)(
    '%s is answered with its code, the causes and what to do',
    async (_, [method, path, ask], expected) => {
      const [status, code, target] = expected;
      const answer = await world.ask(method, path, ask);
      expect([answer.status, answer.body.error.code, answer.headers['x-ms-error-code']]).toEqual([
        status,
        code,
        code,
      ]);
      if (target !== undefined) expect(answer.body.error.target).toBe(target);
      const [detail] = answer.body.error.details;
      expect(detail.possibleCauses).toMatch(/\.$/);
      expect(detail.recommendedAction).toMatch(/\.$/);
      expect(world.faults).toEqual([]);
    },
  );

  it('is told from input of the right size and depth', async () => {
    const answers = [
      await world.ask('PUT', `${fabric}-deep`, { raw: nested(32) }),
      await world.ask('PUT', `${fabric}-long`, { raw: `{"x":"${'y'.repeat(1_000_000)}"}` }),
    ];
    expect(answers.map(({ status }) => status)).toEqual([202, 202]);
    await world.jobs.idle();
  });
});

describe('an etag that was true once', () => {
  it.each([
    ['a setting', `${vault}/replicationAlertSettings/s`, 'PUT', { properties: {} }],
    ['a policy', policy, 'PUT', { properties: { providerSpecificInput: a2a } }],
    ['a policy that goes', policy, 'DELETE', undefined],
    ['a webhook that goes', webhook, 'DELETE', undefined],
    ['a vault', vault, 'PUT', { location: 'westeurope' }],
    ['a vault that goes', vault, 'DELETE', undefined],
  ])('is refused: %s', async (_, path, method, body) => {
    const world = await World.open();
    const creating: Record<string, object> = { [vault]: { location: 'westeurope' }, [webhook]: hook };
    const create = body ?? creating[path] ?? { properties: { providerSpecificInput: a2a } };
    const put = async (): Promise<void> => {
      await world.ask('PUT', path, { body: create });
      await world.jobs.idle();
    };
    await put();
    const first = await world.ask('GET', path);
    const etag: string = first.headers['ETag'] ?? first.body.etag;
    await put();
    const late = await world.ask(method, path, { body, headers: { 'If-Match': etag } });
    expect([late.status, late.body.error.code]).toEqual([412, 'PreconditionFailed']);
    const any = await world.ask(method, path, { body, headers: { 'If-Match': '*' } });
    expect(any.status).toBeLessThan(300);
    await world.jobs.idle();
  });
});
