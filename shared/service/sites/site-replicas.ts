import { DigestsAnswer, KeeperAnswer, type KeeperCall, StartedEpochAnswer } from '../../contracts/agent/site';
import { PointManifest } from '../../contracts/replication/point-manifest';
import type { ReplicaRecord } from '../../contracts/replication/replica-record';
import { isErrorCode, LifeboatError } from '../../errors';
import { uuidOf } from '../agents/agent-records';
import type { WishBoard } from '../agents/wish-board';
import { noteStart } from '../epochs/start-epoch';
import { isWholeFor } from '../points/moment-at';
import { newRecord, unlessThere } from '../replica/create-replica';
import { readReplicaRecord, replicaKey } from '../replica/replica-records';
import { updateReplica } from '../replica/update-replica';
import type { CreateReplica, Moment, Replicas, StartEpoch, StartedEpoch } from '../replicas';
import type { ReplicationPorts } from '../replication-ports';
import { askSite, tellSite } from './ask-site';
import { forgetKeptPoints, readKeptPoint } from './kept-points';

export interface SitePorts {
  readonly replication: ReplicationPorts;
  readonly board: WishBoard;
  /** Replicas in the service's own target account. */
  readonly own: Replicas;
}

/**
 * All replicas, wherever they are kept. Those at a site are asked for through the desired state of the master target that keeps them,
 * and known by what it reports; the truth of them, and every byte, is there.
 */
export function replicasWithSites(ports: SitePorts): Replicas {
  const { own } = ports;
  const { records } = ports.replication;
  /** Asks the keeper of a replica, or does it here for one that has none. */
  async function wherever<T>(
    replicaId: string,
    here: () => Promise<T>,
    there: (kept: Kept) => Promise<T>,
  ): Promise<T> {
    const record = await readReplicaRecord(records, replicaId);
    return record?.keeper === undefined ? here() : there({ ports, record, keeper: record.keeper });
  }
  const startEpoch = (request: StartEpoch): Promise<StartedEpoch> =>
    wherever(
      request.replicaId,
      () => own.startEpoch(request),
      (kept) => startKept(kept, request),
    );
  return {
    ...{ read: own.read, report: own.report, points: own.points, startEpoch },
    create: (request) => (request.keeper === undefined ? own.create(request) : createKept(ports, request)),
    setPolicy: (replicaId, policy) =>
      wherever(
        replicaId,
        () => own.setPolicy(replicaId, policy),
        (kept) => changeKept(kept, { call: 'setPolicy', replicaId, policy }, { policy }),
      ),
    setOwner: (replicaId, ownerId) =>
      wherever(
        replicaId,
        () => own.setOwner(replicaId, ownerId),
        (kept) => changeKept(kept, { call: 'setOwner', replicaId, ownerId }, { ownerId }),
      ),
    grow: (replicaId, sizeBytes) =>
      wherever(
        replicaId,
        () => own.grow(replicaId, sizeBytes),
        async (kept) => {
          await askKeeper(kept, { call: 'grow', replicaId, sizeBytes });
          await changeRecord(kept, { sizeBytes });
        },
      ),
    admitUpload: (replicaId, epoch) =>
      wherever(
        replicaId,
        () => own.admitUpload(replicaId, epoch),
        async ({ record }) => expectAdmitted(record, epoch),
      ),
    fence: (replicaId, why) => startEpoch({ replicaId, kind: 'stop', ...why }),
    drainNow: (replicaId) =>
      wherever(
        replicaId,
        () => own.drainNow(replicaId),
        // It is drained where it is kept, all the time; here is how far that is known to have come.
        async ({ record }) => ({ reached: record.applied ?? undefined, appliedLogs: 0 }),
      ),
    point: async (pointId) => (await readKeptPoint(records, pointId)) ?? own.point(pointId),
    pinPoint: (pointId, job) => pinPoint(ports, pointId, job),
    unpinPoint: (pointId, job) => unpinPoint(ports, pointId, job),
    momentAt: (replicaIds, timeInMs) =>
      wherever(
        replicaIds[0] ?? '',
        () => own.momentAt(replicaIds, timeInMs),
        () => keptMomentAt(ports, replicaIds, timeInMs),
      ),
    materialise: (request) =>
      wherever(
        request.replicaId,
        () => own.materialise(request),
        async (kept) => void (await askKeeper(kept, { call: 'materialise', ...plain(request) })),
      ),
    digests: (replicaId, epoch, segment) =>
      wherever(
        replicaId,
        () => own.digests(replicaId, epoch, segment),
        async (kept) => {
          const answer = await askKeeper(kept, { call: 'digests', replicaId, epoch, segment });
          const { base64, ...counted } = DigestsAnswer.parse(answer);
          return { ...counted, bytes: Buffer.from(base64, 'base64') };
        },
      ),
    remove: (replicaId, job) =>
      wherever(
        replicaId,
        () => own.remove(replicaId, job),
        (kept) => removeKept(kept, job),
      ),
  };
}

/** A replica that a master target keeps. */
interface Kept {
  readonly ports: SitePorts;
  readonly keeper: string;
  readonly record: ReplicaRecord;
}

async function askKeeper({ ports, keeper }: Omit<Kept, 'record'>, call: KeeperCall): Promise<unknown> {
  const output = await askSite(asking(ports), taskOf(keeper, call));
  const answer = KeeperAnswer.parse(output);
  if (!('refusal' in answer)) return answer.answer;
  const { code, message } = answer.refusal;
  throw new LifeboatError(isErrorCode(code) ? code : 'SiteRefused', message);
}

function asking({ replication, board }: SitePorts): Parameters<typeof askSite>[0] {
  return { records: replication.records, clock: replication.clock, board };
}

function taskOf(agentId: string, call: KeeperCall): Parameters<typeof askSite>[1] {
  const taskId = `keep.${uuidOf(agentId, JSON.stringify(call))}`;
  return { agentId, taskId, kind: 'keepReplica', parameters: { ...call } };
}

async function createKept(ports: SitePorts, request: CreateReplica): Promise<ReplicaRecord> {
  const { replicaId, sizeBytes, ownerId, policy, keeper = '' } = request;
  await askKeeper({ ports, keeper }, { call: 'create', replicaId, sizeBytes, ownerId, policy });
  const { records, clock } = ports.replication;
  const descriptor = { version: 1, replicaId, ownerId, policy, createdAtMs: clock.now() } as const;
  const fresh = { ...newRecord(descriptor, sizeBytes), keeper };
  await unlessThere(() => records.create(replicaKey(replicaId), fresh));
  return (await readReplicaRecord(records, replicaId)) ?? fresh;
}

async function startKept(kept: Kept, request: StartEpoch): Promise<StartedEpoch> {
  const { replicaId, kind, reason, job, base } = request;
  const call: KeeperCall = {
    ...{ call: 'startEpoch', replicaId, kind, reason, job },
    ...(base === undefined ? {} : { base: { ...base, position: { ...base.position } } }),
  };
  const started = StartedEpochAnswer.parse(await askKeeper(kept, call));
  await noteStart(kept.ports.replication, { replicaId, epoch: started.epoch, kind, reason });
  return started;
}

/** Known here at once; the keeper follows when it comes to it. */
async function changeKept(
  kept: Kept,
  call: Extract<KeeperCall, { call: 'setPolicy' | 'setOwner' }>,
  changes: Partial<ReplicaRecord>,
): Promise<void> {
  await changeRecord(kept, changes);
  await tellSite(asking(kept.ports), taskOf(kept.keeper, call));
}

async function changeRecord(
  { ports, record: { replicaId } }: Kept,
  changes: Partial<ReplicaRecord>,
): Promise<void> {
  await updateReplica(ports.replication, replicaId, (current) => ({ ...current, ...changes }));
}

function expectAdmitted({ applied, cachedBytes, policy }: ReplicaRecord, epoch: number): void {
  if (applied?.epoch !== epoch) {
    throw new LifeboatError('Conflict', `Epoch ${epoch} of the replica takes no change logs.`);
  }
  if (cachedBytes < policy.cacheQuotaBytes) return;
  throw new LifeboatError('CacheFull', `${cachedBytes} bytes of this replica wait at its site.`);
}

async function pinPoint(ports: SitePorts, pointId: string, job: string): Promise<PointManifest> {
  const keeper = await keeperOfPoint(ports, pointId);
  if (keeper === undefined) return ports.own.pinPoint(pointId, job);
  return PointManifest.parse(await askKeeper({ ports, keeper }, { call: 'pinPoint', pointId, job }));
}

async function unpinPoint(ports: SitePorts, pointId: string, job: string): Promise<void> {
  const keeper = await keeperOfPoint(ports, pointId);
  if (keeper === undefined) return ports.own.unpinPoint(pointId, job);
  await tellSite(asking(ports), taskOf(keeper, { call: 'unpinPoint', pointId, job }));
}

async function keeperOfPoint(
  { replication: { records } }: SitePorts,
  pointId: string,
): Promise<string | undefined> {
  const [member] = (await readKeptPoint(records, pointId))?.members ?? [];
  return member === undefined ? undefined : (await readReplicaRecord(records, member.replicaId))?.keeper;
}

/** The last whole point at or before a time. Between points a site can be asked for none: its journal is its own. */
async function keptMomentAt(
  { own, replication: { records } }: SitePorts,
  replicaIds: readonly string[],
  timeInMs: number,
): Promise<Moment | undefined> {
  for (const { pointId, cutTimeInMs, state } of await own.points(replicaIds[0] ?? '')) {
    if (state !== 'listed' || cutTimeInMs > timeInMs) continue;
    const manifest = await readKeptPoint(records, pointId);
    if (manifest !== undefined && isWholeFor(manifest, replicaIds)) return { kind: 'point', pointId };
  }
  return undefined;
}

function plain({
  moment,
  ...others
}: Parameters<Replicas['materialise']>[0]): Omit<Extract<KeeperCall, { call: 'materialise' }>, 'call'> {
  return {
    ...others,
    moment: moment.kind === 'point' ? moment : { ...moment, position: { ...moment.position } },
  };
}

/** Forgotten here at once, whether or not its keeper can be reached: that one removes it when it is back. */
async function removeKept({ ports, keeper, record }: Kept, job: string): Promise<void> {
  const { replicaId } = record;
  const { records } = ports.replication;
  await tellSite(asking(ports), taskOf(keeper, { call: 'remove', replicaId, job }));
  await records.remove(replicaKey(replicaId));
  await forgetKeptPoints(records, replicaId);
}
