import { randomUUID } from 'node:crypto';
import type { Owner } from '../../../shared/contracts/compute/owner';
import { startArmDouble, type ArmDouble } from '../../support/compute/arm-double';
import { NbdClient } from '../../support/nbd-client';

const subscription = '/subscriptions/6c696665-626f-4174-8000-0000000000f0';
const place = { resourceGroupId: `${subscription}/resourceGroups/dr`, location: 'westeurope' };
const sizeBytes = 1024 * 1024;
const network = {
  name: 'network',
  addressSpace: ['10.0.0.0/16'],
  subnets: [{ name: 's', range: '10.0.0.0/24' }],
};

describe('a target that misbehaves', () => {
  let double: ArmDouble;
  let owner: Owner;
  let replicaId: string;

  beforeAll(async () => {
    double = await startArmDouble({ die: () => undefined });
  });
  afterAll(() => double.stop());
  beforeEach(async () => {
    owner = { vaultId: `${subscription}/vaults/${randomUUID()}`, itemId: 'item', jobId: randomUUID() };
    replicaId = randomUUID();
    await (await double.replicas.create(replicaId, sizeBytes)).raise(1);
    await double.places.ensureGroup(place, owner);
  });
  afterEach(async () => {
    await double.administer('PUT', 'faults', []);
    expect(await double.machines.remove(owner)).toEqual([]);
  });

  const makeDisk = (name = 'disk') =>
    double.machines.makeDisk({ owner, place, name, replicaId, sizeBytes, isOperatingSystem: true });
  const makeMachine = async (size = 'Standard_B2s', name = 'machine') => {
    const networkId = await double.places.ensureNetwork({ owner, place, ...network });
    const { id } = await makeDisk(`${name}-disk`);
    const nics = [{ networkId, address: '10.0.0.9' }];
    return double.machines.makeMachine({ owner, place, name, size, diskIds: [id], nics });
  };
  const fault = (operation: string, more: object) =>
    double.administer('PUT', 'faults', [{ operation, ...more }]);

  it.each([
    ['SkuNotAvailable', 409, 'TargetQuotaExceeded'],
    ['AuthorizationFailed', 403, 'TargetForbidden'],
    ['ImageNotFound', 404, 'TargetResourceMissing'],
    ['InvalidParameter', 400, 'TargetRefused'],
    ['OddConflict', 409, 'TargetRefused'],
  ])('says what %s means, before and after the work was taken on', async (code, status, expected) => {
    for (const kind of ['refuse', 'fail']) {
      await fault('PUT Microsoft.Compute/disks', { kind, code, status, message: 'as a test wants' });
      // Long work tells its code but not its status.
      const wanted = kind === 'fail' && code === 'ImageNotFound' ? 'TargetRefused' : expected;
      await expect(makeDisk()).rejects.toMatchObject({
        code: wanted,
        message: expect.stringContaining(code),
      });
    }
    expect((await makeDisk()).sizeBytes).toBe(sizeBytes);
  });

  it('makes a machine once, though answers are lost and work fails on the way', async () => {
    await double.administer('PUT', 'faults', [
      { operation: 'PUT Microsoft.Compute/disks', kind: 'loseAnswer' },
      { operation: 'PUT Microsoft.Network/networkInterfaces', kind: 'loseAnswer' },
      { operation: 'PUT Microsoft.Compute/virtualMachines', kind: 'fail', code: 'InternalExecutionError' },
    ]);
    await expect(makeMachine()).rejects.toMatchObject({ code: 'TargetUnavailable' });
    const id = await makeMachine();
    expect((await double.machines.look(id))?.machine.nics[0]?.address).toBe('10.0.0.9');
    const types = (await double.machines.made(owner)).map(({ type }) => type);
    expect(types.filter((type) => type.endsWith('virtualMachines'))).toHaveLength(1);
    expect(types.filter((type) => type.endsWith('networkInterfaces'))).toHaveLength(1);
  });

  it('gives no more than its quota, and says so', async () => {
    await double.administer('PUT', 'quotas', { location: 'westeurope', name: 'cores', limit: 4 });
    await makeMachine();
    await expect(makeMachine('Standard_D4s_v3', 'second')).rejects.toMatchObject({
      code: 'TargetQuotaExceeded',
    });
    await double.administer('PUT', 'quotas', { location: 'westeurope', name: 'cores', limit: 6 });
    expect(await makeMachine('Standard_D4s_v3', 'second')).toContain('/second');
    await double.administer('PUT', 'quotas', { location: 'westeurope', name: 'cores', limit: 20_000 });
  });

  it('refuses a replica that is no whole number of megabytes, and a size that is none', async () => {
    const odd = {
      owner,
      place,
      name: 'odd',
      replicaId: randomUUID(),
      sizeBytes: 512,
      isOperatingSystem: true,
    };
    await double.replicas.create(odd.replicaId, 1024 * 1024 + 512);
    await expect(double.machines.makeDisk(odd)).rejects.toMatchObject({ code: 'TargetRefused' });
    await expect(makeMachine('Standard_Imaginary')).rejects.toMatchObject({ code: 'TargetRefused' });
  });

  it('keeps what a machine writes when it is started again, and lets nobody write once it is deallocated', async () => {
    const id = await makeMachine();
    const diskId = (await double.machines.look(id))?.machine.disks[0]?.id ?? '';
    const attach = async () =>
      (await double.administer('POST', 'attach', { id: diskId })) as { url?: string };
    const { port, pathname } = new URL((await attach()).url ?? '');
    const guest = await NbdClient.connect({ host: '127.0.0.1', port: Number(port) }, pathname.slice(1));
    await guest.write(4096 + 512, Buffer.alloc(1024, 'written at the target'), true);
    await double.restart();
    expect((await double.machines.look(id))?.power).toBe('running');
    await double.machines.stop(id);
    expect((await attach()).url).toBeUndefined();
    await expect(guest.write(0, Buffer.alloc(512))).rejects.toThrow();
    const content = await double.contentOf(diskId);
    expect(content.subarray(4608, 4608 + 21).toString()).toBe('written at the target');
  });

  it('answers nonsense with what is wrong, never with a fault of its own', async () => {
    const id = `${place.resourceGroupId}/providers/Microsoft.Compute/disks/x?api-version=1`;
    for (const body of [{}, [], { location: 7 }, { location: 'x', properties: { creationData: 'no' } }]) {
      const { status } = await double.call('PUT', id, body);
      expect(status).toBe(400);
    }
    expect((await double.call('GET', '/subscriptions/%ff/resourcegroups?api-version=1')).status).toBe(400);
    expect((await double.call('GET', place.resourceGroupId)).body).toMatchObject({
      error: { code: 'MissingApiVersionParameter' },
    });
    expect((await double.call('PUT', '/_admin/quotas', { location: 1 })).status).toBe(400);
  });
});
