import { isRefusal } from '../../shared/errors';
import { type Position } from '../../shared/model/position';
import { firstDifference, type Sectors } from './sectors';
import type { SimulatedDisk } from './simulated-disk';
import type { Machine, Service, Site } from './site';

type Command = (site: Site, machine: Machine) => void;

/** What people, and the jobs they start, do in the middle of everything. */
export const commands: readonly Command[] = [
  failOver,
  failOver,
  openMoment,
  openMoment,
  openMoment,
  continueEpoch,
  continueEpoch,
  resync,
  grow,
  addDisk,
  removeDisk,
  changePolicy,
];

/** Tries until it works, as a durable job does; a dead process is only one try more. */
function insist(site: Site, name: string, act: (service: Service) => Promise<void>, tries = 12): void {
  const { world } = site;
  if (tries === 0) return;
  const again = (): void => insist(site, name, act, tries - 1);
  site.call(name, act, (error) => {
    if (isRefusal(error, 'NotFound', 'PointNotWhole', 'BaseMoved')) return;
    if (error instanceof Error && error.name !== 'BrokenInvariant' && world.violations.length === 0) again();
  });
}

/** Fence, open the newest point, compare; then the failover is cancelled, and copying starts anew. */
function failOver(site: Site, machine: Machine): void {
  const { world } = site;
  const disks = machine.disks.filter(
    (disk) => disk.stream !== undefined && disk.wish === undefined && !disk.isFenced,
  );
  if (disks.length === 0) return;
  const job = site.job();
  for (const disk of disks) disk.isFenced = true;
  insist(site, 'failover', async ({ replicas }) => {
    for (const { replicaId } of disks) {
      const { epoch } = await replicas.fence(replicaId, { reason: 'failover', job });
      const content = world.target.disks.get(replicaId)?.content;
      if (content !== undefined) site.oracle.fenced.set(replicaId, { epoch, content: Buffer.from(content) });
    }
    world.count('failovers');
    for (const { replicaId } of disks) await openNewest(site, replicas, replicaId, job);
    for (const disk of disks) {
      if (disk.isFenced) disk.wish ??= { kind: 'rebase', reason: 'failover cancelled', job: site.job() };
    }
  });
  // Whatever became of the job, the machine is protected again in the end.
  world.afterwards.push(() => {
    for (const disk of disks) {
      if (disk.isFenced) disk.wish ??= { kind: 'rebase', reason: 'failover cancelled', job: site.job() };
    }
  });
}

async function openNewest(
  site: Site,
  replicas: Service['replicas'],
  replicaId: string,
  job: string,
): Promise<void> {
  const [newest] = (await replicas.points(replicaId)).filter(({ state }) => state === 'listed');
  if (newest === undefined) return;
  const toReplicaId = site.world.chance.uuid();
  await replicas.materialise({
    moment: { kind: 'point', pointId: newest.pointId },
    replicaId,
    toReplicaId,
    job,
  });
  const cut = site.oracle.markers.get(newest.pointId)?.members.get(replicaId);
  compare(site, toReplicaId, { name: `point ${newest.pointId}`, sectors: cut?.sectors });
}

export function compare(
  site: Site,
  copyId: string,
  { name, sectors }: { readonly name: string; readonly sectors: Sectors | undefined },
): void {
  const content = site.world.target.disks.get(copyId)?.content;
  if (content === undefined || sectors === undefined) return;
  const sector = firstDifference(content, sectors);
  site.world.count('moments opened and compared');
  site.world.expect(sector < 0, 'I2', () => `${name}, opened, is wrong in sector ${sector}`);
  site.world.target.disks.delete(copyId);
}

/** Any second of the journal's window, or the last point before it. */
function openMoment(site: Site, machine: Machine): void {
  const { world, oracle } = site;
  const { replicaId } = world.chance.pick(machine.disks);
  const timeInMs =
    world.timeInMs - world.chance.below(20 * 60_000) + (world.chance.happens(0.5) ? 3_600_000 : 0);
  site.call('open a moment', async ({ replicas }) => {
    const moment = await replicas.momentAt([replicaId], timeInMs);
    if (moment === undefined) return;
    const toReplicaId = world.chance.uuid();
    await replicas.materialise({ moment, replicaId, toReplicaId, job: 'look' });
    const sectors =
      moment.kind === 'log'
        ? oracle.expected(replicaId, moment.position)
        : oracle.markers.get(moment.pointId)?.members.get(replicaId)?.sectors;
    world.count(`moments: ${moment.kind}`);
    compare(site, toReplicaId, { name: `the moment ${timeInMs} of ${replicaId}`, sectors });
  });
}

/** The spool is full: changes are only marked, and a new epoch carries them once the replica has caught up. */
function continueEpoch(site: Site, machine: Machine): void {
  const disk = site.world.chance.pick(machine.disks);
  const { stream } = disk;
  if (stream === undefined || stream.sequence === 0 || disk.wish !== undefined || disk.isFenced) return;
  const sectors = stream.open.flatMap(({ sector, values }) => values.map((_, index) => sector + index));
  disk.bitmap = new Set([...sectors, ...stream.inDoubt]);
  if (stream.copied !== undefined)
    stream.copied.values.forEach((_, index) => disk.bitmap?.add((stream.copied?.sector ?? 0) + index));
  stream.open = [];
  site.world.say(() => `the spool of ${disk.replicaId.slice(0, 4)} is full`);
  const position: Position = { epoch: stream.epoch, sequence: stream.sequence };
  disk.wish = {
    kind: 'continue',
    reason: 'spoolFull',
    job: site.job(),
    base: { position, chainHead: stream.previousDigest },
  };
}

function resync(site: Site, machine: Machine): void {
  const disk = site.world.chance.pick(machine.disks);
  if (disk.stream === undefined || disk.isFenced) return;
  disk.wish ??= { kind: 'rebase', reason: 'byHand', job: site.job() };
}

function grow(site: Site, machine: Machine): void {
  const disk = site.world.chance.pick(machine.disks);
  const { replicaId, source, stream } = disk;
  if (!disk.isCreated || source.length > 16 || stream === undefined) return;
  const sectorCount = source.length + 2;
  site.call(`grow ${replicaId.slice(0, 4)}`, async ({ replicas }) => {
    await replicas.grow(replicaId, sectorCount * 512);
    if (disk.source.length < sectorCount) {
      const larger = new Uint8Array(sectorCount);
      larger.set(disk.source);
      disk.source = larger;
      site.world.count('disks grown');
    }
  });
}

function addDisk(site: Site, machine: Machine): void {
  if (machine.disks.length < 4) site.addDisk(machine, 6);
  site.world.count('disks added');
}

function removeDisk(site: Site, machine: Machine): void {
  const { world } = site;
  const disk = world.chance.pick(machine.disks);
  const isBusy = disk.wish !== undefined || disk.isFenced || disk.stream === undefined;
  if (machine.disks.length < 2 || isBusy || world.requests.some(({ isGhost }) => isGhost)) return;
  machine.disks.splice(machine.disks.indexOf(disk), 1);
  site.oracle.removed.add(disk.replicaId);
  world.count('disks removed');
  removeReplica(site, disk);
}

export function removeReplica(site: Site, { replicaId }: SimulatedDisk): void {
  const job = site.job();
  let isGone = false;
  insist(site, `remove ${replicaId.slice(0, 4)}`, async ({ replicas }) => {
    await replicas.remove(replicaId, job);
    isGone = true;
  });
  site.world.afterwards.push(() => {
    if (!isGone) site.call('remove', async ({ replicas }) => replicas.remove(replicaId, job));
  });
}

function changePolicy(site: Site, machine: Machine): void {
  const disk = site.world.chance.pick(machine.disks);
  if (!disk.isCreated) return;
  const policy = { ...site.policy, journal: site.world.chance.happens(0.5) };
  site.call('policy', async ({ replicas }) => replicas.setPolicy(disk.replicaId, policy));
}
