import { createReplicas } from '../../../shared/service/create-replicas';
import { replicaKey } from '../../../shared/service/replica/replica-records';
import { everyPoint } from '../../support/memory/memory-replication';
import { Harbour } from './harbour';

const replicaIds = [1, 2, 3, 4, 5].map((number) => `${number}f0f0f0f-0000-4000-a000-000000000001`);

describe('a catalogue that was lost', () => {
  let harbour: Harbour;

  beforeAll(async () => {
    harbour = await Harbour.open();
    const { world } = harbour;
    const replicas = createReplicas({ ...world.replication.ports, records: world.records });
    for (const replicaId of replicaIds) {
      await replicas.create({ replicaId, sizeBytes: 4096, ownerId: 'web', policy: everyPoint });
    }
  });
  afterAll(() => harbour.close());

  const records = (): Promise<unknown[]> =>
    Promise.all(
      replicaIds.map(async (replicaId) => (await harbour.world.records.get(replicaKey(replicaId)))?.body),
    );

  it('is written again from the target account, page after page, and every agent is rung for', async () => {
    const before = await records();
    for (const replicaId of replicaIds) await harbour.world.records.remove(replicaKey(replicaId));
    expect(await harbour.json('vault rebuild --yes')).toEqual({ replicas: 5 });
    expect(before).not.toContain(undefined);
    expect(await records()).toEqual(before);
    expect(harbour.world.replication.bells.sort()).toEqual(replicaIds);
  });

  it('is left alone while nobody has said yes', async () => {
    const { code, notes } = await harbour.lifeboat('vault rebuild');
    expect(code).toBe(2);
    expect(notes).toContain('Nobody is here to be asked');
  });

  it('is rebuilt by nobody below an Owner', async () => {
    const { issuer } = harbour.world;
    for (const role of ['Contributor', 'Operator', 'Reader']) {
      const environment = { LIFEBOAT_TOKEN: await issuer.token({ roles: [role] }) };
      const { code, notes } = await harbour.lifeboat('vault rebuild --yes', { environment });
      expect({ role, code }).toEqual({ role, code: 1 });
      expect(notes).toMatch(/AuthorizationFailed/);
    }
  });
});
