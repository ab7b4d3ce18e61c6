import { randomUUID } from 'node:crypto';
import type { Owner } from '../../shared/contracts/compute/owner';
import type { TargetPlace } from '../../shared/contracts/compute/target-machine';
import type { SourceMachines } from '../../shared/ports/compute/source-machines';
import type { TargetCatalog } from '../../shared/ports/compute/target-catalog';
import type { TargetMachines } from '../../shared/ports/compute/target-machines';
import type { TargetPlaces } from '../../shared/ports/compute/target-places';
import type { ReplicaDisks } from '../../shared/ports/replica-disks';

const subscription = '6c696665-626f-4174-8000-0000000000f0';
const location = 'westeurope';
const sizeBytes = 3 * 1024 * 1024;

/** A target cloud under test, and the replica disks that it reads. */
export interface ComputeUnderTest {
  readonly machines: TargetMachines;
  readonly places: TargetPlaces;
  readonly catalog: TargetCatalog;
  readonly sources: SourceMachines;
  readonly replicas: ReplicaDisks;
  /** The bytes of a disk as its machine sees them. */
  contentOf(diskId: string): Promise<Buffer>;
}

interface Scene extends ComputeUnderTest {
  readonly owner: Owner;
  readonly place: TargetPlace;
  readonly networkId: string;
}

/** What every target cloud must do. */
export function describeCompute(name: string, compute: () => ComputeUnderTest): void {
  const stage = async (): Promise<Scene> => {
    const made = compute();
    const owner = newOwner();
    const resourceGroupId = `/subscriptions/${subscription}/resourceGroups/g-${randomUUID().slice(0, 8)}`;
    const place = { resourceGroupId, location };
    await made.places.ensureGroup(place, owner);
    const networkId = await made.places.ensureNetwork({
      ...{ owner, place, name: 'network', addressSpace: ['10.4.0.0/16'] },
      subnets: [
        { name: 'front', range: '10.4.1.0/24' },
        { name: 'back', range: '10.4.2.0/29' },
      ],
      isIsolated: true,
    });
    return { ...made, owner, place, networkId };
  };

  describe(`${name} makes machines of replicas`, () => {
    it('makes a disk with exactly the bytes of a replica, once however often it is asked', async () => {
      const scene = await stage();
      const { replicaId, content } = await writtenReplica(scene);
      const request = diskRequest(scene, replicaId, 'disk');
      const disk = await scene.machines.makeDisk(request);
      expect(disk).toMatchObject({ name: 'disk', sizeBytes });
      expect(await scene.machines.makeDisk(request)).toEqual(disk);
      expect((await scene.machines.disk(disk.id))?.id).toBe(disk.id);
      expect((await scene.contentOf(disk.id)).equals(content)).toBe(true);
    });

    it('boots a machine with its disks and cards, keeps a free address and replaces a taken one', async () => {
      const scene = await stage();
      const first = await makeMachine(scene, 'first', ['10.4.1.77']);
      const second = await makeMachine(scene, 'second', ['10.4.1.77', undefined]);
      const look = await scene.machines.look(first.id);
      expect(look).toMatchObject({
        power: 'running',
        machine: { name: 'first', location, size: 'Standard_B2s' },
      });
      expect(look?.machine.nics[0]).toMatchObject({
        networkId: scene.networkId,
        subnet: 'front',
        address: '10.4.1.77',
      });
      expect(look?.machine.disks).toEqual([
        { id: first.diskId, name: 'first-disk', sizeBytes, isOperatingSystem: true },
      ]);
      const addresses =
        (await scene.machines.look(second.id))?.machine.nics.map(({ address }) => address) ?? [];
      expect(addresses).toHaveLength(2);
      expect(new Set([...addresses, '10.4.1.77']).size).toBe(3);
      expect(addresses.every((address) => /^10\.4\.1\.\d+$/.test(address))).toBe(true);
    });

    it('gives a card all its addresses, those that are free as they were wanted, and takes them back', async () => {
      const scene = await stage();
      const other = { ...scene, owner: { ...scene.owner, jobId: randomUUID() } };
      const { replicaId } = await writtenReplica(scene);
      const { id: diskId } = await scene.machines.makeDisk(diskRequest(other, replicaId, 'several-disk'));
      const moreAddresses = [{ address: '10.4.1.91', publicAddress: true }, {}];
      const nic = { networkId: scene.networkId, subnet: 'front', address: '10.4.1.90', moreAddresses };
      const id = await scene.machines.makeMachine({
        ...machineRequest(other, 'several', [diskId]),
        nics: [nic],
      });
      const [card] = (await scene.machines.look(id))?.machine.nics ?? [];
      expect(card).toMatchObject({ address: '10.4.1.90', moreAddresses: ['10.4.1.91', expect.any(String)] });
      expect(await scene.machines.remove(other.owner)).toEqual([]);
      const again = await makeMachine(scene, 'again', ['10.4.1.91']);
      const [plain] = (await scene.machines.look(again.id))?.machine.nics ?? [];
      expect(plain).toMatchObject({ address: '10.4.1.91' });
      expect(plain).not.toHaveProperty('moreAddresses');
    });

    it('names a card as it was asked to, and leaves one of that name in another machine alone', async () => {
      const scene = await stage();
      const other = { ...scene, owner: { ...scene.owner, jobId: randomUUID() } };
      const withCard = async (who: Scene, name: string, mayExist: boolean): Promise<string> => {
        const { replicaId } = await writtenReplica(scene);
        const { id: diskId } = await scene.machines.makeDisk(diskRequest(who, replicaId, `${name}-disk`));
        const nic = { networkId: scene.networkId, subnet: 'front', card: { name: 'gate', mayExist } };
        const id = await scene.machines.makeMachine({
          ...machineRequest(who, name, [diskId]),
          nics: [nic],
        });
        return (await scene.machines.look(id))?.machine.nics[0]?.id ?? '';
      };
      const first = await withCard(scene, 'inner', false);
      expect(first).toMatch(/\/networkInterfaces\/gate$/i);
      expect(await withCard(other, 'outer', true)).toMatch(/\/networkInterfaces\/outer-nic0$/i);
      await expect(withCard(other, 'third', false)).rejects.toMatchObject({ code: 'TargetNameTaken' });
      expect(await scene.machines.remove(other.owner)).toEqual([]);
      const made = (await scene.machines.made(scene.owner)).map(({ id }) => id.toLowerCase());
      expect(made).toContain(first.toLowerCase());
    });

    it('makes a machine once, however often it is asked', async () => {
      const scene = await stage();
      const { id, request } = await makeMachine(scene, 'twice', [undefined]);
      expect(await scene.machines.makeMachine(request)).toBe(id);
      const made = await scene.machines.made(scene.owner);
      expect(made.filter(({ type }) => type === 'Microsoft.Compute/virtualMachines')).toHaveLength(1);
    });

    it('refuses the name of what somebody else made', async () => {
      const scene = await stage();
      const { request } = await makeMachine(scene, 'taken', [undefined]);
      const stranger = { ...request, owner: newOwner() };
      await expect(scene.machines.makeMachine(stranger)).rejects.toMatchObject({ code: 'TargetNameTaken' });
      const { replicaId } = await writtenReplica(scene);
      const disk = { ...diskRequest(scene, replicaId, 'taken-disk'), owner: newOwner() };
      await expect(scene.machines.makeDisk(disk)).rejects.toMatchObject({ code: 'TargetNameTaken' });
    });

    it('names what is missing', async () => {
      const scene = await stage();
      const { replicaId } = await writtenReplica(scene);
      const missing = { code: 'TargetResourceMissing' };
      const elsewhere = { ...scene.place, resourceGroupId: `${scene.place.resourceGroupId}-gone` };
      const request = { ...diskRequest(scene, replicaId, 'disk'), place: elsewhere };
      await expect(scene.machines.makeDisk(request)).rejects.toMatchObject(missing);
      const withoutSubnet = {
        ...machineRequest(scene, 'm', ['x']),
        nics: [{ networkId: scene.networkId, subnet: 'gone' }],
      };
      await expect(scene.machines.makeMachine(withoutSubnet)).rejects.toMatchObject(missing);
      const gone = `${scene.networkId}-gone`;
      const withoutNetwork = {
        ...machineRequest(scene, 'n', ['x']),
        nics: [{ networkId: gone, subnet: 'front' }],
      };
      await expect(scene.machines.makeMachine(withoutNetwork)).rejects.toMatchObject(missing);
    });

    it('stops and starts a machine, again and again', async () => {
      const scene = await stage();
      const { id } = await makeMachine(scene, 'onoff', [undefined]);
      await scene.machines.stop(id);
      await scene.machines.stop(id);
      expect(await scene.machines.look(id)).toMatchObject({ power: 'stopped', boot: 'notBooted' });
      await scene.machines.start(id);
      await scene.machines.start(id);
      expect((await scene.machines.look(id))?.power).toBe('running');
      await scene.machines.stop(`${id}-gone`);
      expect(await scene.machines.look(`${id}-gone`)).toBeUndefined();
    });

    it('finds and removes all of one job and nothing of another', async () => {
      const scene = await stage();
      const other = { ...scene.owner, jobId: randomUUID() };
      const mine = await makeMachine(scene, 'mine', [undefined]);
      const others = await makeMachine({ ...scene, owner: other }, 'others', [undefined]);
      expect((await scene.machines.made(other)).map(({ type }) => type).sort()).toEqual([
        'Microsoft.Compute/disks',
        'Microsoft.Compute/virtualMachines',
        'Microsoft.Network/networkInterfaces',
      ]);
      expect(await scene.machines.remove(other)).toEqual([]);
      expect(await scene.machines.made(other)).toEqual([]);
      expect(await scene.machines.look(others.id)).toBeUndefined();
      expect((await scene.machines.look(mine.id))?.power).toBe('running');
      expect(await scene.machines.remove({ vaultId: scene.owner.vaultId })).toEqual([]);
      expect(await scene.machines.made({ vaultId: scene.owner.vaultId })).toEqual([]);
      expect(await scene.machines.remove(other)).toEqual([]);
    });

    it('tells what there is at the target', async () => {
      const scene = await stage();
      const network = { id: scene.networkId, name: 'network', location };
      expect(await scene.catalog.network(scene.networkId)).toMatchObject(network);
      expect((await scene.catalog.networks(subscription)).map(({ id }) => id)).toContain(scene.networkId);
      expect(await scene.catalog.network(`${scene.networkId}-gone`)).toBeUndefined();
      const setId = await scene.places.ensureAvailabilitySet(scene.place, 'set', scene.owner);
      expect(await scene.places.ensureAvailabilitySet(scene.place, 'set', scene.owner)).toBe(setId);
      expect(await scene.catalog.availabilitySets(scene.place.resourceGroupId)).toEqual([
        { id: setId, name: 'set', location },
      ]);
      expect((await scene.catalog.sizes(subscription, location)).map((size) => size.name)).toContain(
        'Standard_B2s',
      );
      const names = (await scene.catalog.quotas(subscription, location)).map((quota) => quota.name);
      expect(names).toEqual(expect.arrayContaining(['cores', 'virtualMachines']));
    });

    it('gives the wanted address while it is free, else another, until the subnet is full', async () => {
      const scene = await stage();
      const free = (wanted?: string): Promise<string> =>
        scene.catalog.freeAddress(scene.networkId, 'back', wanted);
      expect(await free('10.4.2.5')).toBe('10.4.2.5');
      expect(await free('10.9.9.9')).toBe('10.4.2.4');
      await makeMachine(scene, 'full', ['10.4.2.4', '10.4.2.5', '10.4.2.6'], 'back');
      await expect(free('10.4.2.5')).rejects.toMatchObject({ code: 'TargetQuotaExceeded' });
    });

    it('reads, serves and removes a machine as a source', async () => {
      const scene = await stage();
      const { id, diskId } = await makeMachine(scene, 'source', [undefined]);
      expect(await scene.sources.read(id)).toMatchObject({ id, disks: [{ id: diskId, sizeBytes }] });
      const agent = { machineId: id, version: '1.0', settings: { a: 1 }, protectedSettings: { token: 'x' } };
      await scene.sources.installAgent(agent);
      await scene.sources.installAgent(agent);
      await scene.sources.removeAgent(id);
      await scene.sources.removeAgent(id);
      expect(await scene.sources.stop(id)).toBe('stopped');
      await scene.sources.remove(id, { withDisks: false });
      expect((await scene.machines.disk(diskId))?.id).toBe(diskId);
      expect(await scene.sources.read(id)).toBeUndefined();
      expect(await scene.sources.stop(id)).toBe('missing');
      await scene.sources.remove(id, { withDisks: true });
    });
  });
}

function newOwner(): Owner {
  const vaultId = `/Subscriptions/${subscription}/resourceGroups/r/providers/Microsoft.RecoveryServices/vaults/v-${randomUUID()}`;
  // Ids of items are longer than a tag may be.
  return { vaultId, itemId: `${vaultId}/replicationFabrics/${'f'.repeat(120)}/items/i`, jobId: randomUUID() };
}

async function writtenReplica({
  replicas,
}: ComputeUnderTest): Promise<{ replicaId: string; content: Buffer }> {
  const replicaId = randomUUID();
  const content = Buffer.alloc(sizeBytes);
  content.fill(replicaId, 512 * 1024, 1024 * 1024);
  const disk = await replicas.create(replicaId, sizeBytes);
  await disk.raise(1);
  const data = content.subarray(512 * 1024, 1024 * 1024);
  await disk.write({ kind: 'data', offsetBytes: 512 * 1024, lengthBytes: data.length, data }, 1);
  return { replicaId, content };
}

function diskRequest(
  { owner, place }: Scene,
  replicaId: string,
  name: string,
): Parameters<TargetMachines['makeDisk']>[0] {
  return { owner, place, name, replicaId, sizeBytes, isOperatingSystem: true };
}

function machineRequest(
  { owner, place }: Scene,
  name: string,
  diskIds: string[],
): Parameters<TargetMachines['makeMachine']>[0] {
  return { owner, place, name, size: 'Standard_B2s', diskIds, nics: [] };
}

async function makeMachine(
  scene: Scene,
  name: string,
  addresses: readonly (string | undefined)[],
  subnet = 'front',
): Promise<{ id: string; diskId: string; request: ReturnType<typeof machineRequest> }> {
  const { replicaId } = await writtenReplica(scene);
  const { id: diskId } = await scene.machines.makeDisk(diskRequest(scene, replicaId, `${name}-disk`));
  const nics = addresses.map((address) => ({
    networkId: scene.networkId,
    subnet,
    ...(address !== undefined && { address }),
  }));
  const request = { ...machineRequest(scene, name, [diskId]), nics };
  return { id: await scene.machines.makeMachine(request), diskId, request };
}
