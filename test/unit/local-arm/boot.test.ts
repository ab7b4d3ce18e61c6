import { createReadStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { createHash, randomUUID } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildGuest, guestLacks, type Guest } from '../../../bench/support/guest';
import { findQemu } from '../../../local/arm';
import { startArmDouble, type ArmDouble } from '../../support/compute/arm-double';
import { eventually } from '../../support/eventually';

const lacks = guestLacks();
const megabyte = 1024 * 1024;
const subscription = '/subscriptions/6c696665-626f-4174-8000-0000000000f0';

(lacks === undefined ? describe : describe.skip)(
  `a guest (${lacks ?? 'everything it needs is here'})`,
  () => {
    let double: ArmDouble;
    let guest: Guest;
    let folder: string;

    beforeAll(async () => {
      folder = await mkdtemp(join(tmpdir(), 'guest-'));
      guest = buildGuest(folder, 96 * megabyte);
      double = await startArmDouble({
        qemu: { program: findQemu() ?? '', accelerator: 'tcg', memoryInMb: 128 },
        ready: new RegExp(guest.greeting),
      });
      const { kernel, initrd, append } = guest;
      await double.administer('PUT', 'boot', { kernel, initrd, append });
    });
    afterAll(async () => {
      await double.stop();
      await rm(folder, { recursive: true, force: true });
    });

    it('boots from a replica before its disk is copied, writes beside it, and starts again with what it wrote', async () => {
      const { machines, places, replicas } = double;
      const replicaId = randomUUID();
      await copyInto(double, replicaId, guest);
      const before = await digestOf(double, replicaId, guest);
      const owner = { vaultId: `${subscription}/vaults/v`, itemId: 'i', jobId: randomUUID() };
      const place = { resourceGroupId: `${subscription}/resourceGroups/dr`, location: 'westeurope' };
      await places.ensureGroup(place, owner);
      const disk = await machines.makeDisk({
        ...{ owner, place, name: 'os', replicaId, sizeBytes: guest.sizeBytes, isOperatingSystem: true },
      });
      expect(disk.isWhole).toBe(false);
      const machineId = await machines.makeMachine({
        ...{ owner, place, name: 'guest', size: 'Standard_B2s', diskIds: [disk.id], nics: [] },
      });
      await eventually(async () => (await machines.look(machineId))?.boot === 'booted', 100_000);
      expect((await machines.look(machineId))?.consoleTail).toContain(guest.greeting);
      await eventually(async () => (await machines.disk(disk.id))?.isWhole === true, 60_000);

      await machines.stop(machineId);
      expect(await machines.look(machineId)).toMatchObject({ power: 'stopped', boot: 'notBooted' });
      expect(await digestOf(double, replicaId, guest)).toBe(before);
      await replicas.remove(replicaId);
      await machines.start(machineId);
      await eventually(async () => (await machines.look(machineId))?.boot === 'booted', 100_000);
      await machines.stop(machineId);
      const content = (await double.contentOf(disk.id)).toString('latin1');
      expect(content).toContain('booted\nbooted\n');
      expect(await machines.remove(owner)).toEqual([]);
    }, 300_000);
  },
);

async function copyInto(
  { replicas }: ArmDouble,
  replicaId: string,
  { disk, sizeBytes }: Guest,
): Promise<void> {
  const replica = await replicas.create(replicaId, sizeBytes);
  await replica.raise(1);
  let offsetBytes = 0;
  for await (const data of createReadStream(disk, { highWaterMark: megabyte }) as AsyncIterable<Buffer>) {
    const hasData = data.some((byte) => byte !== 0);
    if (hasData) await replica.write({ kind: 'data', offsetBytes, lengthBytes: data.length, data }, 1);
    offsetBytes += data.length;
  }
  await replica.raise(2);
}

async function digestOf({ replicas }: ArmDouble, replicaId: string, { sizeBytes }: Guest): Promise<string> {
  const hash = createHash('sha256');
  for (let offsetBytes = 0; offsetBytes < sizeBytes; offsetBytes += megabyte) {
    hash.update((await replicas.open(replicaId).read({ offsetBytes, lengthBytes: megabyte })).data);
  }
  return hash.digest('hex');
}
