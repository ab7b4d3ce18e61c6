import type { EpochRecord } from '../../contracts/replication/epoch-record';
import { isRefusal, LifeboatError } from '../../errors';
import { closedNumber, comparePositions, isOpenNumber, positionOf } from '../../model/position';
import { epochName } from '../../model/target-names';
import type { ReplicaDisk, ReplicaState } from '../../ports/replica-disk';
import type { TargetDocuments } from '../../ports/target-documents';
import { findChainHead } from '../logs/chain-head';
import { updateReplica } from '../replica/update-replica';
import type { StartedEpoch, StartEpoch } from '../replicas';
import type { ReplicationPorts } from '../replication-ports';
import { digestOfEpoch, newestEpoch, readEpoch } from './epoch-records';

/**
 * Fences off every older writer and starts counting anew. The record of an epoch is created once and carries the tag the
 * fence is made with; whoever loses either takes the next number. So a replica found in an epoch proves what its base
 * was. Asked again with the same job, it answers with the same epoch.
 */
export async function startEpoch(ports: ReplicationPorts, request: StartEpoch): Promise<StartedEpoch> {
  const record = await fenceOff(ports, request);
  await ports.barrier.pass();
  if (record.kind !== 'stop') await ports.cache.createEpoch(record.replicaId, record.epoch);
  await removeOlderEpochs(ports, record);
  await noteStart(ports, record);
  const base = { position: positionOf(record.baseNumber), isTorn: isOpenNumber(record.baseNumber) };
  return { epoch: record.epoch, chainHead: digestOfEpoch(record), base };
}

/** What the catalogue says of a replica whose epoch has just begun. Never goes back. */
export async function noteStart(
  ports: ReplicationPorts,
  { replicaId, epoch, kind, reason }: Pick<EpochRecord, 'replicaId' | 'epoch' | 'kind' | 'reason'>,
): Promise<void> {
  const known = await updateReplica(ports, replicaId, (current) => {
    const position = { epoch, sequence: 0 };
    if (current.applied !== null && comparePositions(current.applied, position) >= 0) return undefined;
    const isCopied = kind !== 'stop';
    return {
      ...current,
      ...{ applied: position, durable: position, missing: null, failure: null, resyncNeeded: null },
      copyingEpoch: isCopied ? epoch : null,
    };
  });
  if (kind === 'stop') return;
  await ports.events.publish({
    id: `resync-started/${replicaId}/${epoch}`,
    type: 'lifeboat.resync.started',
    subject: known?.ownerId ?? `replicas/${replicaId}`,
    timeInMs: ports.clock.now(),
    data: { replicaId, epoch, kind, reason },
  });
}

async function fenceOff(ports: ReplicationPorts, request: StartEpoch): Promise<EpochRecord> {
  const disk = ports.disks.open(request.replicaId);
  for (;;) {
    const state = await disk.state();
    const current = await readEpoch(ports.documents, request.replicaId, positionOf(state.number).epoch);
    if (current?.job === request.job && current.kind === request.kind) return current;
    const record = await newRecord(ports, request, state);
    if ((await createRecord(ports.documents, record)) && (await raiseWith(disk, record))) return record;
  }
}

/** False if another came first. A retried request may be refused although its first try went through: the nonce tells. */
async function createRecord(documents: TargetDocuments, record: EpochRecord): Promise<boolean> {
  try {
    await documents.create(epochName(record.replicaId, record.epoch), record);
    return true;
  } catch (error) {
    if (!isRefusal(error, 'Conflict')) throw error;
    return (await readEpoch(documents, record.replicaId, record.epoch))?.nonce === record.nonce;
  }
}

/** False if the replica moved since it was read. Nobody else raises it to this epoch, so if it is there, it was this call. */
async function raiseWith(disk: ReplicaDisk, { epoch, baseEtag }: EpochRecord): Promise<boolean> {
  try {
    await disk.raise(closedNumber({ epoch, sequence: 0 }), baseEtag);
    return true;
  } catch (error) {
    if (!isRefusal(error, 'StaleWriter')) throw error;
    return positionOf((await disk.state()).number).epoch === epoch;
  }
}

async function newRecord(
  ports: ReplicationPorts,
  { replicaId, kind, reason, job, base }: StartEpoch,
  state: ReplicaState,
): Promise<EpochRecord> {
  const newest = await newestEpoch(ports.documents, replicaId);
  const at = positionOf(state.number);
  const baseChainHead = await chainHeadOf(ports, replicaId, state);
  if (kind === 'continue') expectBase(base, state, baseChainHead);
  return {
    version: 1,
    replicaId,
    epoch: Math.max(newest?.epoch ?? 0, at.epoch) + 1,
    kind,
    reason,
    job,
    nonce: ports.ids.uuid(),
    baseNumber: state.number,
    baseEtag: state.etag,
    baseChainHead,
    createdAtMs: ports.clock.now(),
  };
}

async function chainHeadOf(
  ports: ReplicationPorts,
  replicaId: string,
  { number, sizeBytes }: ReplicaState,
): Promise<string | null> {
  const position = positionOf(number);
  if (position.epoch === 0) return null;
  const search = await findChainHead(ports, { replicaId, position, diskSizeBytes: sizeBytes });
  return search.kind === 'found' ? search.head.digest : null;
}

function expectBase(base: StartEpoch['base'], { number }: ReplicaState, chainHead: string | null): void {
  const isWhole = base !== undefined && number === closedNumber(base.position);
  if (isWhole && (base.chainHead === undefined || base.chainHead === chainHead)) return;
  throw new LifeboatError('BaseMoved', 'The replica is not closed where the new epoch was to continue from.');
}

/** From here on their grants lead nowhere. */
async function removeOlderEpochs(
  { cache }: ReplicationPorts,
  { replicaId, epoch }: EpochRecord,
): Promise<void> {
  for await (const older of cache.epochs(replicaId)) {
    if (older.epoch < epoch) await cache.removeEpoch(replicaId, older.epoch);
  }
}
