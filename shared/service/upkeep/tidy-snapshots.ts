import type { PointManifest } from '../../contracts/replication/point-manifest';
import type { ReplicaPolicy } from '../../contracts/replication/replica-policy';
import { planJournal, type Stretch } from '../../model/points/journal-plan';
import { positionOf, sequenceLimit, type Position } from '../../model/position';
import { journalName, journalPrefix, parseJournalName, type JournalledLog } from '../../model/target-names';
import type { DiskSnapshot } from '../../ports/replica-disk';
import { readAnchor } from '../logs/journal';
import { manifestsOf, memberOf, pointersOf } from '../points/manifests';
import type { ReplicationPorts } from '../replication-ports';

/**
 * Removes the snapshots and journalled logs that nothing stands on. Order matters: number, snapshots and logs are read
 * before the manifests. What stands at or above the number may belong to a worker that has not entered it yet; below it
 * every marker was dealt with, so what no manifest names by now, none will.
 */
export async function tidySnapshots(
  ports: ReplicationPorts,
  replicaId: string,
  policy: ReplicaPolicy,
): Promise<void> {
  const { disks, documents } = ports;
  const disk = disks.open(replicaId);
  const { number } = await disk.state();
  const snapshots = await disk.snapshots();
  const logs = await journalOf(ports, replicaId);
  const manifests = await manifestsOf(documents, replicaId);
  const anchor = await readAnchor(documents, replicaId);
  const stretches = manifests.flatMap((manifest) => stretchOf(manifest, replicaId));
  const plan = planJournal({
    logs,
    snapshotNumbers: snapshots.map((snapshot) => snapshot.number),
    stretches: anchor === undefined ? stretches : [...stretches, openEnded(anchor)],
    windowInMs: policy.journal ? policy.journalWindowInMs : 0,
  });
  const inUse = new Set(manifests.flatMap((manifest) => snapshotOf(manifest, replicaId)));
  if (anchor !== undefined) inUse.add(anchor.snapshotId);
  const base = await baseInUse(ports, replicaId, positionOf(number));
  for (const snapshot of snapshots) {
    if (snapshot.number >= number || inUse.has(snapshot.id)) continue;
    if (plan.isAnchor(snapshot.number) || isAt(snapshot, base)) continue;
    await disk.removeSnapshot(snapshot.id);
  }
  for (const log of plan.logsToRemove) await documents.remove(journalName(replicaId, log));
}

async function journalOf(
  { documents }: ReplicationPorts,
  replicaId: string,
): Promise<readonly JournalledLog[]> {
  const logs: JournalledLog[] = [];
  for await (const name of documents.list(journalPrefix(replicaId))) {
    const log = parseJournalName(name);
    if (log !== undefined) logs.push(log);
  }
  return logs;
}

function snapshotOf(manifest: PointManifest, replicaId: string): readonly string[] {
  const hold = memberOf(manifest, replicaId)?.hold;
  if (hold?.by === 'snapshot') return [hold.snapshotId];
  return hold?.by === 'journal' ? [hold.anchor.snapshotId] : [];
}

function stretchOf(manifest: PointManifest, replicaId: string): readonly Stretch[] {
  const member = memberOf(manifest, replicaId);
  if (member?.hold?.by !== 'journal' || member.position === null) return [];
  const { epoch, sequence } = member.position;
  return [{ epoch, anchorSequence: member.hold.anchor.sequence, untilSequence: sequence }];
}

/** The points to come stand on every log after the newest anchor. */
function openEnded({ epoch, sequence }: Position): Stretch {
  return { epoch, anchorSequence: sequence, untilSequence: sequenceLimit };
}

/** The digests of an epoch's base are asked for until its first point stands. */
async function baseInUse(
  ports: ReplicationPorts,
  replicaId: string,
  { epoch }: Position,
): Promise<Position | undefined> {
  const pointers = await pointersOf(ports.documents, replicaId, epoch);
  return pointers.length === 0 ? { epoch, sequence: 0 } : undefined;
}

function isAt({ number }: DiskSnapshot, position: Position | undefined): boolean {
  const at = positionOf(number);
  return at.epoch === position?.epoch && at.sequence === position.sequence;
}
