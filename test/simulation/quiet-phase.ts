import { removeLeftovers } from '../../shared/service/upkeep/remove-leftovers';
import { rebuildCatalogue } from '../../shared/service/upkeep/rebuild-catalogue';
import { tidyReplica } from '../../shared/service/upkeep/tidy-replica';
import { isOpenNumber, positionOf } from '../../shared/model/position';
import { compare, removeReplica } from './commands';
import type { Environment } from './environment';
import { deliverOne, quiescence } from './scheduler';
import { firstDifference } from './sectors';
import type { SimulatedDisk } from './simulated-disk';
import type { Service, Site } from './site';

/** A round takes a minute. The last back-off, of half an hour, may have just begun; then everything needs its turns. */
const roundLimit = 30 + 40;
const requestLimit = 60_000;

/** Faults stop. Everything must come to rest by itself: lag zero, a whole point, nothing left over, and every point right. */
export async function calmDown(site: Site, environment: Environment): Promise<void> {
  const { world } = site;
  world.isQuiet = true;
  world.say(() => 'the quiet phase begins');
  await finishRequests(site);
  for (const act of world.afterwards.splice(0)) act();
  const settled = await settle(site, environment);
  if (!settled) return;
  await checkEverything(site);
  if (world.violations.length === 0 && world.chance.happens(0.3)) await removeEverything(site);
}

async function settle(site: Site, environment: Environment): Promise<boolean> {
  const { world } = site;
  const groups = world.profile.isGrouped ? [site.machines] : site.machines.map((machine) => [machine]);
  const awaited = new Map<(typeof groups)[number], string>();
  for (let round = 0; round < roundLimit; round += 1) {
    await doRound(site, environment);
    if (world.violations.length > 0) return false;
    for (const group of groups) {
      const pointId = awaited.get(group);
      const isListed =
        pointId !== undefined && [...site.oracle.listed()].some((point) => point.pointId === pointId);
      const isSteady = group.every(({ disks }) => disks.every((disk) => disk.isSteady));
      if (!isListed && isSteady && (pointId === undefined || round % 8 === 0)) {
        const cut = await site.cutMarker(group);
        if (cut !== undefined) awaited.set(group, cut);
      }
    }
    const isDone = groups.every((group) => isAtRest(site, group, awaited.get(group)));
    if (isDone) return true;
  }
  world.violate('I8', `lag does not go to zero:\n${describe(site)}`);
  return false;
}

function isAtRest(
  site: Site,
  group: readonly { readonly disks: readonly SimulatedDisk[] }[],
  pointId: string | undefined,
): boolean {
  const disks = group.flatMap((machine) => machine.disks);
  if (disks.length === 0) return true;
  const isListed = [...site.oracle.listed()].some((point) => point.pointId === pointId);
  return (
    isListed &&
    disks.every((disk) => disk.stream !== undefined && disk.stream.spool.size <= 1 && disk.isSteady)
  );
}

async function doRound(site: Site, environment: Environment): Promise<void> {
  const { world } = site;
  for (const disk of site.disks()) {
    site.fulfil(disk);
    await finishRequests(site);
    if (disk.isComparing) site.fetchDigests(disk);
    await finishRequests(site);
    disk.appendCopied();
    for (const block of [...(disk.stream?.pending.keys() ?? [])]) {
      disk.copyBlock(block);
      disk.appendCopied();
    }
    await environment.seal(disk);
    for (let upload = 0; upload < 40 && hasUploads(disk); upload += 1) {
      site.upload(disk);
      await finishRequests(site);
    }
  }
  world.timeInMs += 61_000;
  environment.sweep();
  await finishRequests(site);
  world.bells.push(...site.disks().map(({ replicaId }) => replicaId));
  for (const replicaId of new Set(world.bells.splice(0))) environment.work(replicaId);
  await finishRequests(site);
  for (const machine of site.machines) environment.report(machine);
  await finishRequests(site);
}

function hasUploads({ stream }: SimulatedDisk): boolean {
  if (stream === undefined) return false;
  return (
    stream.resend !== undefined ||
    [...stream.spool.keys()].some((sequence) => !stream.acknowledged.has(sequence))
  );
}

async function finishRequests({ world }: Site): Promise<void> {
  await quiescence();
  for (let count = 0; world.requests.length > 0 && world.violations.length === 0; count += 1) {
    world.steps += 1;
    deliverOne(world);
    await quiescence();
    if (count > requestLimit) world.violate('I8', 'processes go on for ever');
  }
}

async function run(site: Site, name: string, act: (service: Service) => Promise<void>): Promise<void> {
  site.call(name, act, (error) =>
    site.world.violate('I8', `${name} fails in the quiet phase: ${String(error)}`),
  );
  await finishRequests(site);
}

async function checkEverything(site: Site): Promise<void> {
  const { world, oracle } = site;
  for (const { replicaId, source } of site.disks()) {
    const disk = world.target.disks.get(replicaId);
    const sector = disk === undefined ? 0 : firstDifference(disk.content, source);
    world.expect(sector < 0, 'I1', () => `${replicaId} is not its source at the end: sector ${sector}`);
  }
  oracle.checkPoints();
  // The rest costs as much as all that went before: not every seed looks at it.
  if (!world.chance.happens(0.4)) return;
  if (world.chance.happens(0.3)) {
    world.loseCatalogue();
    await run(site, 'rebuild', async ({ ports }) => rebuildCatalogue(ports));
  }
  for (const { replicaId } of site.disks()) {
    await run(site, 'tidy', async ({ ports, replicas }) => {
      const record = await replicas.read(replicaId);
      if (record !== undefined) await tidyReplica(ports, record);
    });
  }
  for (const disk of site.disks()) await checkDisk(site, disk);
}

async function checkDisk(site: Site, { replicaId }: SimulatedDisk): Promise<void> {
  const { world, oracle } = site;
  const points = [...oracle.listed()].filter(({ members }) =>
    members.some((member) => member.replicaId === replicaId && member.hold?.by !== 'released'),
  );
  await run(site, 'list', async ({ replicas }) => {
    const shown = (await replicas.points(replicaId)).filter(({ state }) => state === 'listed');
    const names = (of: readonly { readonly pointId: string }[]): string =>
      of
        .map(({ pointId }) => pointId)
        .sort()
        .join();
    world.expect(
      names(shown) === names(points),
      'catalogue',
      () => `${replicaId} shows ${shown.length} points, and has ${points.length}`,
    );
  });
  for (const { pointId, members } of points) {
    const hold = members.find((member) => member.replicaId === replicaId)?.hold;
    if (hold?.by !== 'journal' && !world.chance.happens(0.1)) continue;
    const toReplicaId = world.chance.uuid();
    await run(site, 'open', async ({ replicas }) =>
      replicas.materialise({ moment: { kind: 'point', pointId }, replicaId, toReplicaId, job: 'check' }),
    );
    compare(site, toReplicaId, {
      name: `point ${pointId}`,
      sectors: oracle.markers.get(pointId)?.members.get(replicaId)?.sectors,
    });
  }
  checkSnapshots(site, replicaId);
}

/** After tidying, every snapshot below the disk's number is one that a point, or the journal, stands on. */
function checkSnapshots({ world, oracle, policy }: Site, replicaId: string): void {
  const disk = world.target.disks.get(replicaId);
  const inUse = new Set<string>();
  for (const { members } of oracle.manifests()) {
    for (const { hold } of members) {
      if (hold?.by === 'snapshot') inUse.add(hold.snapshotId);
      if (hold?.by === 'journal') inUse.add(hold.anchor.snapshotId);
    }
  }
  const spare = (disk?.snapshots ?? []).filter(
    ({ id, number }) => !inUse.has(id) && number < (disk?.number ?? 0),
  );
  const mayJournal = policy.journal || world.profile.commandRate > 0;
  world.expect(
    spare.length <= (mayJournal ? 8 : 0) && spare.every(({ number }) => !isOpenNumber(number)),
    'I11',
    () =>
      `snapshots of ${replicaId} are nobody's: ${spare.map(({ number }) => JSON.stringify(positionOf(number))).join()}`,
  );
}

async function removeEverything(site: Site): Promise<void> {
  const { world, oracle } = site;
  await unpinAll(site);
  // A removal that a dead job's pin stood against was given up.
  for (const replicaId of oracle.removed) {
    if (!world.target.disks.has(replicaId)) continue;
    await run(site, 'remove', async ({ replicas }) => replicas.remove(replicaId, 'again'));
  }
  for (const disk of site.disks()) {
    oracle.removed.add(disk.replicaId);
    removeReplica(site, disk);
    await finishRequests(site);
  }
  await run(site, 'leftovers', async ({ ports }) => removeLeftovers(ports));
  // Copies that a dead job began to make are that job's to remove.
  const disks = [...world.target.disks.keys()].filter((id) => oracle.removed.has(id));
  const left = [...world.target.documents.keys(), ...disks, ...world.records.names()];
  for await (const { replicaId } of world.cache.epochs()) left.push(`cache of ${replicaId}`);
  world.expect(left.length === 0, 'I11', () => `left over: ${left.join(', ')}`);
  world.count('removals checked');
}

/** Jobs that died in the middle have left their pins: all of them have ended by now. */
async function unpinAll(site: Site): Promise<void> {
  await run(site, 'unpin', async ({ replicas }) => {
    for (const { pointId, pins } of [...site.oracle.manifests()]) {
      for (const job of pins) await replicas.unpinPoint(pointId, job);
    }
  });
}

function describe(site: Site): string {
  return site
    .disks()
    .map(({ replicaId, stream, wish, bitmap }) => {
      const disk = site.world.target.disks.get(replicaId);
      return JSON.stringify({
        replicaId,
        number: disk?.number,
        wish,
        bitmap: bitmap?.size,
        epoch: stream?.epoch,
        sequence: stream?.sequence,
        pending: stream?.pending.size,
        spool: [...(stream?.spool.keys() ?? [])],
        resend: stream?.resend,
        maps: stream?.maps?.length,
      });
    })
    .join('\n');
}
