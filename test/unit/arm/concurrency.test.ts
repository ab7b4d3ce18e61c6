import { partitionOf } from '../../../shared/model/resource-id';
import { auditTrail } from '../../../shared/service/audit/audit-trail';
import { vault, World, type Reply } from '../../support/arm/world';

const setting = `${vault}/replicationAlertSettings/default`;
const policy = `${vault}/replicationPolicies/policy`;

describe('20 writers of one resource', () => {
  it.each([
    ['a setting that is written at once', setting, (locale: string) => ({ properties: { locale } })],
    [
      'a policy that a job writes',
      policy,
      () => ({ properties: { providerSpecificInput: { instanceType: 'A2A', multiVmSyncStatus: 'Enable' } } }),
    ],
    ['a vault', vault, (tag: string) => ({ location: 'westeurope', tags: { tag } })],
  ])('have exactly one winner in each round: %s', async (_, path, body) => {
    const world = await World.open();
    await world.finish('PUT', path, body('x'));
    for (let round = 0; round < 10; round++) {
      const etag = (await world.ask('GET', path)).headers['ETag'] ?? (await world.ask('GET', path)).body.etag;
      const writers = Array.from({ length: 20 }, (__, writer) =>
        world.ask('PUT', path, { body: body(`${round}-${writer}`), headers: { 'If-Match': etag } }),
      );
      const statuses = (await Promise.all(writers)).map(({ status }) => status);
      expect(statuses.filter((status) => status < 300)).toHaveLength(1);
      expect(statuses.filter((status) => status === 412)).toHaveLength(19);
      await world.jobs.idle();
    }
    expect(world.faults).toEqual([]);
  });

  it('that must not be there yet have exactly one winner', async () => {
    const world = await World.open();
    const writers = Array.from({ length: 20 }, () =>
      world.ask('PUT', setting, { body: { properties: {} }, headers: { 'If-None-Match': '*' } }),
    );
    const statuses = (await Promise.all(writers)).map(({ status }) => status);
    expect(statuses.toSorted().slice(0, 2)).toEqual([200, 412]);
    expect(statuses.filter((status) => status === 412)).toHaveLength(19);
  });
});

describe('a list', () => {
  it('is read page by page to its end, each resource once, while others are made', async () => {
    const world = await World.open();
    for (let index = 0; index < 25; index++) {
      await world.ask('PUT', `${vault}/replicationAlertSettings/s${String(index).padStart(2, '0')}`, {
        body: {},
      });
    }
    const seen: string[] = [];
    let next = `https://x${vault}/replicationAlertSettings?api-version=2023-06-01&$top=4`;
    while (next !== '') {
      const url = new URL(next);
      const page: Reply = await world.ask('GET', url.pathname, { query: url.searchParams.toString() });
      seen.push(...(page.body.value as { name: string }[]).map(({ name }) => name));
      next = page.body.nextLink ?? '';
      await world.ask('PUT', `${vault}/replicationAlertSettings/s00b${seen.length}`, { body: {} });
    }
    expect(seen).toHaveLength(25);
    expect(new Set(seen).size).toBe(25);
  });
});

describe('what is referred to', () => {
  it('is kept, and the refusal names the holder', async () => {
    const world = await World.open();
    await world.finish('PUT', `${vault}/replicationFabrics/a`, {
      properties: { customDetails: { instanceType: 'HyperVSite' } },
    });
    const input = { instanceType: 'HyperVReplicaAzure' };
    await world.finish('PUT', policy, { properties: { providerSpecificInput: input } });
    const [box] = (await world.ask('GET', `${vault}/replicationProtectionContainers`)).body.value as {
      id: string;
    }[];
    const mapping = `${box?.id ?? ''}/replicationProtectionContainerMappings/m`;
    await world.finish('PUT', mapping, { properties: { policyId: policy } });
    for (const [method, path] of [
      ['DELETE', policy],
      ['POST', `${vault}/replicationFabrics/a/remove`],
      ['POST', `${box?.id ?? ''}/remove`],
    ] as const) {
      const answer = await world.ask(method, path);
      expect([path, answer.status, answer.body.error.target]).toEqual([path, 409, mapping]);
    }
    const held = await world.ask('DELETE', vault);
    expect([held.status, held.body.error.code]).toEqual([409, 'ResourceInUse']);
    await world.finish('DELETE', mapping);
    expect((await world.finish('DELETE', policy)).body.status).toBe('Succeeded');
  });
});

describe('the audit', () => {
  it('records every change in a chain that shows what was altered', async () => {
    const world = await World.open();
    await Promise.all(Array.from({ length: 20 }, () => world.ask('PUT', setting, { body: {} })));
    await world.ask('GET', setting);
    const records = (await world.ask('GET', `${vault}/auditRecords`)).body.value;
    expect(records).toHaveLength(21);
    expect(records[20].properties).toMatchObject({
      number: 21,
      operation: 'ReplicationAlertSettings_Create',
      callerId: 'caller',
    });
    const trail = auditTrail(world.records);
    expect(await trail.verify(vault)).toBeUndefined();
    const partition = partitionOf(vault, 'auditRecords');
    const stored = await world.records.get({ partition, id: '000000000007' });
    const body = stored?.body as { properties: object };
    await world.records.put(
      { partition, id: '000000000007' },
      { ...body, properties: { ...body.properties, callerName: 'nobody' } },
    );
    expect(await trail.verify(vault)).toBe(7);
    await world.records.remove({ partition, id: '000000000007' });
    expect(await trail.verify(vault)).toBe(7);
  });
});
