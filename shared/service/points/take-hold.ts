import type { Hold } from '../../contracts/replication/point-manifest';
import { AnchorNote } from '../../contracts/replication/anchor-note';
import { isRefusal } from '../../errors';
import { comparePositions } from '../../model/position';
import { anchorName } from '../../model/target-names';
import type { ReplicaDisk } from '../../ports/replica-disk';
import { journalledLogs, readAnchor, wayFrom } from '../logs/journal';
import type { ReplicationPorts } from '../replication-ports';
import type { AtMarker } from './hold-marker';

/**
 * What will hold the disk at the marker: the journal, where it reaches from a recent snapshot to here, or a snapshot of
 * its own. Undefined when the storage refuses a snapshot and the journal does not reach; the stream never waits for it.
 */
export async function takeHold(ports: ReplicationPorts, at: AtMarker): Promise<Hold | 'moved' | undefined> {
  const journal = await journalHold(ports, at);
  if (journal?.isRecent === true) return journal.hold;
  try {
    return await snapshotHold(ports.disks.open(at.replicaId), at);
  } catch (error) {
    if (!isRefusal(error, 'SnapshotRefused')) throw error;
    return journal?.hold;
  }
}

async function journalHold(
  { documents, clock }: ReplicationPorts,
  { replicaId, position, policy }: AtMarker,
): Promise<{ readonly hold: Hold; readonly isRecent: boolean } | undefined> {
  if (!policy.journal) return undefined;
  const anchor = await readAnchor(documents, replicaId);
  if (anchor?.epoch !== position.epoch) return undefined;
  const way = wayFrom(anchor.sequence, position, await journalledLogs(documents, replicaId, position.epoch));
  if (way === undefined) return undefined;
  const { snapshotId, sequence, takenAtMs } = anchor;
  return {
    hold: { by: 'journal', anchor: { snapshotId, sequence } },
    isRecent: clock.now() - takenAtMs < policy.anchorIntervalInMs,
  };
}

/** A number moved to where it was changes the tag only: then the snapshot is tried again. */
async function snapshotHold(disk: ReplicaDisk, { state }: AtMarker): Promise<Hold | 'moved'> {
  for (let { etag } = state; ;) {
    try {
      const { id } = await disk.snapshot(etag);
      return { by: 'snapshot', snapshotId: id };
    } catch (error) {
      if (!isRefusal(error, 'StaleWriter')) throw error;
      const now = await disk.state();
      if (now.number !== state.number) return 'moved';
      etag = now.etag;
    }
  }
}

/** Remembers the snapshot as the newest that logs may be journalled after. Never goes back. */
export async function noteAnchor(
  { documents, clock }: ReplicationPorts,
  { replicaId, position }: AtMarker,
  snapshotId: string,
): Promise<void> {
  const note: AnchorNote = { ...position, snapshotId, takenAtMs: clock.now() };
  for (;;) {
    try {
      const known = await documents.get(anchorName(replicaId));
      if (known === undefined) {
        await documents.create(anchorName(replicaId), note);
        return;
      }
      if (comparePositions(AnchorNote.parse(known.body), position) >= 0) return;
      await documents.replace(anchorName(replicaId), note, known.etag);
      return;
    } catch (error) {
      if (!isRefusal(error, 'Conflict', 'PreconditionFailed')) throw error;
    }
  }
}
