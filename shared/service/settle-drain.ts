import type { ReplicaRecord } from '../contracts/replication/replica-record';
import { isRefusal } from '../errors';
import { comparePositions, type Position } from '../model/position';
import { quarantineName } from '../model/target-names';
import type { DrainOutcome, MissingLog } from './drain-replica';
import { updateReplica } from './replica/update-replica';
import type { ReplicationPorts } from './replication-ports';

/**
 * Makes what a drain reached durable, says so in the catalogue, and frees the logs below it. The position was read before
 * the barrier, so whatever dies, the replica is never found below it again.
 */
export async function settleDrain(
  ports: ReplicationPorts,
  record: ReplicaRecord,
  outcome: DrainOutcome,
): Promise<void> {
  const { closed, missing, passed } = outcome;
  if (closed === undefined || isKnown(record, outcome)) return;
  const { replicaId } = record;
  await ports.barrier.pass();
  const isHopeless = missing !== undefined && missing.faults.length >= ports.measures.attemptLimit;
  if (missing !== undefined && isHopeless) await quarantine(ports, replicaId, missing);
  await updateReplica(ports, replicaId, (current) => ({
    ...current,
    applied: { ...closed },
    durable: laterOf(current.durable, closed),
    missing: missing === undefined ? null : missingNote(current, missing, ports.clock.now()),
    failure: null,
    resyncNeeded: isHopeless
      ? 'corruptLog'
      : current.resyncNeeded === 'corruptLog'
        ? null
        : current.resyncNeeded,
  }));
  for (const log of passed) {
    if (comparePositions(log, closed) < 0) await ports.cache.remove(log);
  }
}

/** A bell that brought no news costs no write. */
function isKnown(record: ReplicaRecord, { closed, missing, passed }: DrainOutcome): boolean {
  return (
    record.failure === null &&
    passed.length === 0 &&
    isSame(record.applied, closed) &&
    isSame(record.durable, closed) &&
    record.missing?.sequence === missing?.position.sequence &&
    record.missing?.attempt === missing?.attempt
  );
}

function missingNote(
  { missing: known }: ReplicaRecord,
  { position, attempt, faults }: MissingLog,
  nowInMs: number,
): ReplicaRecord['missing'] {
  const sinceMs = known?.sequence === position.sequence ? known.sinceMs : nowInMs;
  return { sequence: position.sequence, attempt, faults: [...faults], sinceMs };
}

async function quarantine(
  { documents, clock }: ReplicationPorts,
  replicaId: string,
  { position, faults }: MissingLog,
): Promise<void> {
  try {
    await documents.create(quarantineName(replicaId, position), { ...position, faults, atMs: clock.now() });
  } catch (error) {
    if (!isRefusal(error, 'Conflict')) throw error;
  }
}

function laterOf(known: Position | null, reached: Position): { epoch: number; sequence: number } {
  const later = known !== null && comparePositions(known, reached) > 0 ? known : reached;
  return { epoch: later.epoch, sequence: later.sequence };
}

function isSame(left: Position | null, right: Position | undefined): boolean {
  return left?.epoch === right?.epoch && left?.sequence === right?.sequence;
}
