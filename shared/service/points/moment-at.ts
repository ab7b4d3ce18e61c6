import type { PointManifest } from '../../contracts/replication/point-manifest';
import { isOpenNumber, positionOf, type Position } from '../../model/position';
import { journalledLogs, wayFrom } from '../logs/journal';
import type { Moment } from '../replicas';
import type { ReplicationPorts } from '../replication-ports';
import { manifestsOf } from './manifests';

/**
 * The latest state at or before a time that can be opened: a whole point of all these disks, or for a single disk the
 * end of any journalled log, never before its epoch's first marker. Times are those of the source's clock.
 */
export async function momentAt(
  ports: ReplicationPorts,
  replicaIds: readonly string[],
  timeInMs: number,
): Promise<Moment | undefined> {
  const [replicaId] = replicaIds;
  if (replicaId === undefined) return undefined;
  const manifests = await manifestsOf(ports.documents, replicaId);
  const point = manifests.findLast(
    (manifest) => manifest.cutTimeInMs <= timeInMs && isWholeFor(manifest, replicaIds),
  );
  const log = replicaIds.length === 1 ? await logAt(ports, replicaId, timeInMs) : undefined;
  if (log !== undefined && (point === undefined || log.timeInMs > point.cutTimeInMs)) {
    return { kind: 'log', replicaId, position: log.position };
  }
  return point === undefined ? undefined : { kind: 'point', pointId: point.pointId };
}

/** True for a listed point that holds all these disks. */
export function isWholeFor({ state, members }: PointManifest, replicaIds: readonly string[]): boolean {
  return (
    state === 'listed' &&
    replicaIds.every((id) =>
      members.some(({ replicaId, hold }) => replicaId === id && hold !== null && hold.by !== 'released'),
    )
  );
}

interface OpenableLog {
  readonly position: Position;
  readonly timeInMs: number;
}

async function logAt(
  { disks, documents }: ReplicationPorts,
  replicaId: string,
  timeInMs: number,
): Promise<OpenableLog | undefined> {
  const snapshots = await disks.open(replicaId).snapshots();
  const anchors = snapshots
    .filter(({ number }) => !isOpenNumber(number))
    .map(({ number }) => positionOf(number));
  const epochs = [...new Set(anchors.map(({ epoch }) => epoch))].sort((left, right) => right - left);
  for (const epoch of epochs) {
    const logs = await journalledLogs(documents, replicaId, epoch);
    const reachable = logs.findLast(
      (log) =>
        log.timeInMs <= timeInMs &&
        anchors.some((anchor) => {
          const isEarlier =
            anchor.epoch === epoch && anchor.sequence > 0 && anchor.sequence <= log.position.sequence;
          return isEarlier && wayFrom(anchor.sequence, log.position, logs) !== undefined;
        }),
    );
    if (reachable !== undefined) return reachable;
  }
  return undefined;
}
