import { AnchorNote } from '../../contracts/replication/anchor-note';
import type { ReplicaPolicy } from '../../contracts/replication/replica-policy';
import type { Position } from '../../model/position';
import {
  anchorName,
  journalName,
  journalPrefix,
  parseJournalName,
  type JournalledLog,
} from '../../model/target-names';
import type { TargetDocuments } from '../../ports/target-documents';
import type { VerifiedLog } from './verified-log';

/** The newest snapshot that logs may be journalled after. */
export async function readAnchor(
  documents: TargetDocuments,
  replicaId: string,
): Promise<AnchorNote | undefined> {
  const document = await documents.get(anchorName(replicaId));
  return document === undefined ? undefined : AnchorNote.parse(document.body);
}

/** Keeps a verified log in the target account, before it is opened. Not before the epoch's first marker: no point needs it. */
export async function journalLog(
  documents: TargetDocuments,
  log: VerifiedLog,
  policy: ReplicaPolicy,
): Promise<void> {
  const { replicaId, epoch, sequence, lastWriteTimeInMs } = log.header;
  if (!policy.journal) return;
  const anchor = await readAnchor(documents, replicaId);
  if (anchor?.epoch !== epoch) return;
  const name = journalName(replicaId, { position: { epoch, sequence }, timeInMs: lastWriteTimeInMs });
  await documents.putBytes(name, log.chunks());
}

/** The journalled logs of one epoch, in order. */
export async function journalledLogs(
  documents: TargetDocuments,
  replicaId: string,
  epoch: number,
): Promise<readonly JournalledLog[]> {
  const logs: JournalledLog[] = [];
  for await (const name of documents.list(journalPrefix(replicaId, epoch))) {
    const log = parseJournalName(name);
    if (log !== undefined) logs.push(log);
  }
  return logs;
}

/** The logs that lead from an anchor to a position, or undefined if one of them is not there. */
export function wayFrom(
  anchorSequence: number,
  position: Position,
  logs: readonly JournalledLog[],
): readonly JournalledLog[] | undefined {
  const way = logs.filter(
    (log) => log.position.sequence > anchorSequence && log.position.sequence <= position.sequence,
  );
  return way.length === position.sequence - anchorSequence ? way : undefined;
}
