import type { ReplicaReport } from '../../contracts/agent/report';
import { DigestsAnswer, KeeperAnswer, type KeeperCall, StartedEpochAnswer } from '../../contracts/agent/site';
import { PointManifest } from '../../contracts/replication/point-manifest';
import type { RecoveryPointRecord } from '../../contracts/replication/recovery-point-record';
import type { ReplicaPolicy } from '../../contracts/replication/replica-policy';
import type { ReplicaRecord } from '../../contracts/replication/replica-record';
import { present } from '../../assert';
import { isErrorCode, LifeboatError } from '../../errors';
import { uuidOf } from '../agents/agent-records';
import type { WishBoard } from '../agents/wish-board';
import { noteStart } from '../epochs/start-epoch';
import { isWholeFor } from '../points/moment-at';
import { newRecord, unlessThere } from '../replica/create-replica';
import { readReplicaRecord, replicaKey } from '../replica/replica-records';
import { updateReplica } from '../replica/update-replica';
import type {
  CreateReplica,
  DigestSegment,
  Drained,
  Materialise,
  Moment,
  Replicas,
  ReplicaStatus,
  StartEpoch,
  StartedEpoch,
} from '../replicas';
import type { ReplicationPorts } from '../replication-ports';
import { askSite, forgetAnswer, tellSite } from './ask-site';
import { forgetKeptPoints, readKeptPoint } from './kept-points';

export interface SitePorts {
  readonly replication: ReplicationPorts;
  readonly board: WishBoard;
  /** Replicas in the service's own target account. */
  readonly own: Replicas;
}

/** Replicas that master targets keep. What a call changes here is known at once; where it is only told, the keeper follows. */
export class KeptReplicas implements Replicas {
  constructor(private readonly ports: SitePorts) {}

  async create(request: CreateReplica): Promise<ReplicaRecord> {
    const { replicaId, sizeBytes, ownerId, policy, keeper } = request;
    const by = present(keeper, 'the keeper of the replica');
    await this.#ask(by, { call: 'create', replicaId, sizeBytes, ownerId, policy });
    const { records, clock } = this.ports.replication;
    const descriptor = { version: 1, replicaId, ownerId, policy, createdAtMs: clock.now() } as const;
    const fresh = { ...newRecord(descriptor, sizeBytes), keeper: by };
    await unlessThere(() => records.create(replicaKey(replicaId), fresh));
    return (await readReplicaRecord(records, replicaId)) ?? fresh;
  }

  read(replicaId: string): Promise<ReplicaRecord | undefined> {
    return this.ports.own.read(replicaId);
  }

  async setPolicy(replicaId: string, policy: ReplicaPolicy): Promise<void> {
    await this.#change(replicaId, { policy });
    await this.#tell(await this.#keeperOf(replicaId), { call: 'setPolicy', replicaId, policy });
  }

  async setOwner(replicaId: string, ownerId: string): Promise<void> {
    await this.#change(replicaId, { ownerId });
    await this.#tell(await this.#keeperOf(replicaId), { call: 'setOwner', replicaId, ownerId });
  }

  async grow(replicaId: string, sizeBytes: number): Promise<void> {
    await this.#ask(await this.#keeperOf(replicaId), { call: 'grow', replicaId, sizeBytes });
    await this.#change(replicaId, { sizeBytes });
  }

  report(report: ReplicaReport): Promise<ReplicaStatus> {
    return this.ports.own.report(report);
  }

  async admitUpload(replicaId: string, epoch: number): Promise<void> {
    const { applied, cachedBytes, policy } = await this.#expect(replicaId);
    if (applied?.epoch !== epoch) {
      throw new LifeboatError('Conflict', `Epoch ${epoch} of the replica takes no change logs.`);
    }
    if (cachedBytes < policy.cacheQuotaBytes) return;
    throw new LifeboatError('CacheFull', `${cachedBytes} bytes of this replica wait at its site.`);
  }

  async startEpoch({ replicaId, kind, reason, job, base }: StartEpoch): Promise<StartedEpoch> {
    const call: KeeperCall = {
      ...{ call: 'startEpoch', replicaId, kind, reason, job },
      ...(base === undefined ? {} : { base: { ...base, position: { ...base.position } } }),
    };
    const answer = await this.#ask(await this.#keeperOf(replicaId), call);
    const started = StartedEpochAnswer.parse(answer);
    await noteStart(this.ports.replication, { replicaId, epoch: started.epoch, kind, reason });
    return started;
  }

  fence(replicaId: string, why: { readonly reason: string; readonly job: string }): Promise<StartedEpoch> {
    return this.startEpoch({ replicaId, kind: 'stop', ...why });
  }

  /** It is drained where it is kept, all the time: this is how far that is known to have come. */
  async drainNow(replicaId: string): Promise<Drained> {
    return { reached: (await this.#expect(replicaId)).applied ?? undefined, appliedLogs: 0 };
  }

  points(replicaId: string, limit?: number): Promise<readonly RecoveryPointRecord[]> {
    return this.ports.own.points(replicaId, limit);
  }

  point(pointId: string): Promise<PointManifest | undefined> {
    return readKeptPoint(this.ports.replication.records, pointId);
  }

  async pinPoint(pointId: string, job: string): Promise<PointManifest> {
    const keeper = await this.#keeperOfPoint(pointId);
    return PointManifest.parse(await this.#ask(keeper, { call: 'pinPoint', pointId, job }));
  }

  async unpinPoint(pointId: string, job: string): Promise<void> {
    const keeper = await this.#keeperOfPoint(pointId);
    await this.#tell(keeper, { call: 'unpinPoint', pointId, job });
    await forgetAnswer(this.ports.replication, taskOf(keeper, { call: 'pinPoint', pointId, job }).taskId);
  }

  /** The last whole point at or before a time. Between points a site can be asked for none: its journal is its own. */
  async momentAt(replicaIds: readonly string[], timeInMs: number): Promise<Moment | undefined> {
    for (const { pointId, cutTimeInMs, state } of await this.points(replicaIds[0] ?? '')) {
      if (state !== 'listed' || cutTimeInMs > timeInMs) continue;
      const manifest = await this.point(pointId);
      if (manifest !== undefined && isWholeFor(manifest, replicaIds)) return { kind: 'point', pointId };
    }
    return undefined;
  }

  async materialise({ moment: wanted, ...others }: Materialise): Promise<void> {
    const moment = wanted.kind === 'point' ? wanted : { ...wanted, position: { ...wanted.position } };
    const keeper = await this.#keeperOf(others.replicaId);
    await this.#ask(keeper, { call: 'materialise', ...others, moment });
  }

  async digests(replicaId: string, epoch: number, segment: number): Promise<DigestSegment> {
    const keeper = await this.#keeperOf(replicaId);
    const answer = await this.#ask(keeper, { call: 'digests', replicaId, epoch, segment });
    const { base64, ...counted } = DigestsAnswer.parse(answer);
    return { ...counted, bytes: Buffer.from(base64, 'base64') };
  }

  /** Forgotten here at once, whether or not its keeper can be reached: that one removes it when it is back. */
  async remove(replicaId: string, job: string): Promise<void> {
    const { records } = this.ports.replication;
    await this.#tell(await this.#keeperOf(replicaId), { call: 'remove', replicaId, job });
    await records.remove(replicaKey(replicaId));
    await forgetKeptPoints(records, replicaId);
  }

  async #ask(keeper: string, call: KeeperCall): Promise<unknown> {
    const { board, replication } = this.ports;
    const { records, clock } = replication;
    const answer = KeeperAnswer.parse(await askSite({ records, clock, board }, taskOf(keeper, call)));
    if (!('refusal' in answer)) return answer.answer;
    const { code, message } = answer.refusal;
    throw new LifeboatError(isErrorCode(code) ? code : 'SiteRefused', message);
  }

  async #tell(keeper: string, call: ToldCall): Promise<void> {
    const { board, replication } = this.ports;
    await tellSite({ board, ids: replication.ids }, { ...taskOf(keeper, call), line: lineOf(call) });
  }

  async #change(replicaId: string, changes: Partial<ReplicaRecord>): Promise<void> {
    await updateReplica(this.ports.replication, replicaId, (current) => ({ ...current, ...changes }));
  }

  async #expect(replicaId: string): Promise<ReplicaRecord> {
    const { records } = this.ports.replication;
    return present(await readReplicaRecord(records, replicaId), 'the record of a kept replica');
  }

  async #keeperOf(replicaId: string): Promise<string> {
    return present((await this.#expect(replicaId)).keeper, 'the keeper of the replica');
  }

  async #keeperOfPoint(pointId: string): Promise<string> {
    const [member] = present(await this.point(pointId), 'a kept point').members;
    return this.#keeperOf(present(member, 'a disk of the point').replicaId);
  }
}

function taskOf(agentId: string, call: KeeperCall): Parameters<typeof askSite>[1] {
  const taskId = `keep.${uuidOf(agentId, JSON.stringify(call))}`;
  const line = call.call === 'pinPoint' ? { line: lineOf(call) } : {};
  return { agentId, taskId, kind: 'keepReplica', parameters: { ...call }, ...line };
}

/** What is told, and what undoes it: done in the order in which it was said. */
type ToldCall = Extract<
  KeeperCall,
  { call: 'setPolicy' | 'setOwner' | 'remove' | 'pinPoint' | 'unpinPoint' }
>;

function lineOf(call: ToldCall): string {
  return 'pointId' in call ? `point/${call.pointId}/${call.job}` : `replica/${call.replicaId}`;
}
