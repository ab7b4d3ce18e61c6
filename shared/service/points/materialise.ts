import type { PointManifest } from '../../contracts/replication/point-manifest';
import { assert, present } from '../../assert';
import { LifeboatError } from '../../errors';
import {
  comparePositions,
  isOpenNumber,
  nextPosition,
  positionOf,
  type Position,
} from '../../model/position';
import { journalName, type JournalledLog } from '../../model/target-names';
import type { ReplicaDisk } from '../../ports/replica-disk';
import { applyLog } from '../logs/apply-log';
import { journalledLogs, wayFrom } from '../logs/journal';
import { ownMemory } from '../logs/log-memory';
import { verifyLog } from '../logs/verified-log';
import type { Materialise } from '../replicas';
import type { ReplicationPorts } from '../replication-ports';
import { memberOf } from './manifests';
import { pinPoint, unpinPoint } from './pin-point';

/** A snapshot to copy, and the journalled logs to apply to the copy. */
interface Recipe {
  readonly snapshotId: string;
  readonly position: Position;
  readonly logs: readonly JournalledLog[];
}

/**
 * Makes a new disk with exactly the content of one disk at one moment. A copy of a snapshot carries its number, so the
 * journal is applied to it like any stream to any replica: it can be killed anywhere and done again.
 */
export async function materialise(ports: ReplicationPorts, request: Materialise): Promise<void> {
  const { moment, job } = request;
  if (moment.kind === 'log') return make(ports, request, await recipeForLog(ports, moment));
  const manifest = await pinPoint(ports, moment.pointId, job);
  await make(ports, request, await recipeForPoint(ports, manifest, request.replicaId));
  await ports.barrier.pass();
  await unpinPoint(ports, moment.pointId, job);
}

async function recipeForPoint(
  { documents }: ReplicationPorts,
  manifest: PointManifest,
  replicaId: string,
): Promise<Recipe> {
  const member = memberOf(manifest, replicaId);
  const hold = member?.hold;
  const position = member?.position;
  if (!hold || !position || hold.by === 'released') {
    throw new LifeboatError('NotFound', `The recovery point ${manifest.pointId} has no disk ${replicaId}.`);
  }
  if (hold.by === 'snapshot') return { snapshotId: hold.snapshotId, position, logs: [] };
  const journalled = await journalledLogs(documents, replicaId, position.epoch);
  const logs = present(wayFrom(hold.anchor.sequence, position, journalled), 'a part of the journal');
  return { snapshotId: hold.anchor.snapshotId, position, logs };
}

async function recipeForLog(
  { disks, documents }: ReplicationPorts,
  { replicaId, position }: { readonly replicaId: string; readonly position: Position },
): Promise<Recipe> {
  const snapshots = await disks.open(replicaId).snapshots();
  const anchor = snapshots
    .filter(({ number }) => isAnchorFor(number, position))
    .toSorted((left, right) => right.number - left.number)
    .at(0);
  const from = anchor === undefined ? undefined : positionOf(anchor.number);
  const journalled = await journalledLogs(documents, replicaId, position.epoch);
  const logs = from === undefined ? undefined : wayFrom(from.sequence, position, journalled);
  if (anchor === undefined || logs === undefined) {
    throw new LifeboatError('NotFound', `The journal of ${replicaId} does not reach ${position.sequence}.`);
  }
  return { snapshotId: anchor.id, position, logs };
}

function isAnchorFor(number: number, position: Position): boolean {
  const at = positionOf(number);
  const isPoint = !isOpenNumber(number) && at.sequence > 0 && at.epoch === position.epoch;
  return isPoint && comparePositions(at, position) <= 0;
}

async function make(ports: ReplicationPorts, request: Materialise, recipe: Recipe): Promise<void> {
  const { replicaId, toReplicaId } = request;
  const disk = await ports.disks.copy(replicaId, recipe.snapshotId, toReplicaId);
  for (const log of recipe.logs) await replay(ports, disk, { ...log, replicaId, toReplicaId });
  const { number } = await disk.state();
  const isThere = !isOpenNumber(number) && comparePositions(positionOf(number), recipe.position) === 0;
  assert(isThere, `the copy stands at ${number}, not at the moment asked for`);
}

interface Replay extends JournalledLog {
  readonly replicaId: string;
  readonly toReplicaId: string;
}

async function replay(ports: ReplicationPorts, disk: ReplicaDisk, replayed: Replay): Promise<void> {
  const { position, replicaId, toReplicaId } = replayed;
  const { documents, disks, measures } = ports;
  const state = await disk.state();
  const at = positionOf(state.number);
  if (comparePositions(at, position) >= 0) return;
  assert(comparePositions(nextPosition(at), position) === 0, 'the journal has a gap');
  const bytes = { sizeBytes: Infinity, read: () => documents.bytes(journalName(replicaId, replayed)) };
  const place = { replicaId, position, diskSizeBytes: Infinity };
  const log = await verifyLog(bytes, place, ownMemory(measures.inMemoryLimitBytes));
  if (log.header.diskSizeBytes > state.sizeBytes) {
    await disks.grow(toReplicaId, log.header.diskSizeBytes, state.etag);
  }
  const applied = await applyLog(disk, log, { at });
  if (applied === undefined) throw new LifeboatError('Conflict', 'Another try writes to the same copy.');
}
