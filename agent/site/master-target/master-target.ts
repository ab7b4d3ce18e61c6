import { z } from 'zod';
import type { DesiredTask } from '../../../shared/contracts/agent/desired';
import { KeptMoment, type KeptReplica, type SiteAddress } from '../../../shared/contracts/agent/site';
import type { ReplicaRecord } from '../../../shared/contracts/replication/replica-record';
import { isRefusal } from '../../../shared/errors';
import type { Clock } from '../../../shared/ports/clock';
import type { Ids } from '../../../shared/ports/ids';
import type { Log } from '../../../shared/ports/log';
import type { LogName } from '../../../shared/ports/log-cache';
import { digestOfDisk } from '../../../shared/service/evidence/digest-of-disk';
import { answerDoorbell } from '../../../shared/service/answer-doorbell';
import { createReplicas } from '../../../shared/service/create-replicas';
import { allReplicaRecords } from '../../../shared/service/replica/replica-records';
import type { Replicas } from '../../../shared/service/replicas';
import { sweepReplicas } from '../../../shared/service/upkeep/sweep-replicas';
import { keepTrying } from '../../run/keep-trying';
import type { TaskHandler } from '../../run/tasks';
import { Wake } from '../../run/wake';
import { LogIntake, type Taken } from '../intake/log-intake';
import type { SiteContext, SiteRole, Telling } from '../site-role';
import type { SiteTrust } from '../site-trust';
import { answerKeeperCall } from './answer-keeper-call';
import { Drains } from './drains';
import { type News, PointNews } from './point-news';
import { openReplicaStore, type ReplicaFormat, type ReplicaStore } from './replica-store';

export interface MasterTargetOptions {
  /** Where replicas, their points and what has arrived for them are kept. */
  readonly folder: string;
  readonly format: ReplicaFormat;
  readonly listen: { readonly host: string; readonly port: number };
  /** What process servers call it by, if not what it listens on. */
  readonly advertisedHost?: string | undefined;
  readonly trust: SiteTrust;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Log;
  readonly sweepIntervalInMs?: number;
}

const usualSweepIntervalInMs = 15_000;

const OpenPoint = z.object({
  disks: z
    .array(z.object({ diskId: z.string(), replicaId: z.uuid(), copyId: z.uuid(), moment: KeptMoment }))
    .min(1),
  job: z.string(),
});

/**
 * Keeps replicas on disks of its own site: it takes change logs in from the site's network and applies them by the same code as the
 * service does. The service wants epochs and hears of positions and points; it sees no byte of a disk.
 */
export class MasterTarget implements SiteRole {
  readonly role = 'masterTarget';
  readonly taskHandlers: Partial<Record<DesiredTask['kind'], TaskHandler>>;
  readonly replicas: Replicas;
  readonly #options: MasterTargetOptions;
  readonly #store: ReplicaStore;
  readonly #drains: Drains;
  readonly #intake: LogIntake;
  readonly #news: PointNews;
  readonly #sweepWake = new Wake();
  #tell: () => void = () => undefined;

  private constructor(options: MasterTargetOptions, store: ReplicaStore, parts: Parts) {
    this.#options = options;
    this.#store = store;
    this.replicas = createReplicas(store.ports);
    this.#drains = parts.drains;
    this.#intake = parts.intake;
    const { documents } = store.ports;
    this.#news = new PointNews({ replicas: this.replicas, documents, clock: options.clock });
    this.taskHandlers = {
      keepReplica: async (parameters) => {
        const answer = await answerKeeperCall(this.replicas, parameters);
        this.#news.touch();
        return answer;
      },
      openRecoveryPoint: (parameters) => this.#openPoint(parameters),
    };
  }

  static async open(options: MasterTargetOptions): Promise<MasterTarget> {
    const { folder, format, clock, ids, listen, trust, log } = options;
    // The store rings, the drains need the store, and both are made here.
    const late: { target?: MasterTarget } = {};
    const drains = new Drains(async (replicaId) => late.target?.drain(replicaId));
    const onRing = (replicaId: string): void => drains.ring(replicaId);
    const store = await openReplicaStore({ folder, format, clock, ids, onRing });
    const taker = {
      has: async ({ replicaId, epoch, sequence, attempt }: LogName) => {
        const there = await store.ports.cache.attempts(replicaId, epoch, sequence);
        return there.some((log) => log.attempt === attempt);
      },
      take: (name: LogName, bytes: Buffer) =>
        late.target?.take(name, bytes) ?? Promise.resolve('full' as const),
    };
    const intake = await LogIntake.start({ listen, trust, taker, log });
    late.target = new MasterTarget(options, store, { drains, intake });
    return late.target;
  }

  /** Where it listens, as others of the site call it. */
  get address(): SiteAddress {
    const { advertisedHost, listen } = this.#options;
    return { host: advertisedHost ?? listen.host, port: this.#intake.port };
  }

  /** The file that a replica, or a disk made from a point of one, lies in. */
  pathOf(replicaId: string): string {
    return this.#store.pathOf(replicaId);
  }

  async run(context: SiteContext, signal: AbortSignal): Promise<void> {
    this.#tell = context.tell;
    const { clock, log, sweepIntervalInMs = usualSweepIntervalInMs } = this.#options;
    for await (const { replicaId } of allReplicaRecords(this.#store.ports.records)) {
      this.#drains.ring(replicaId);
    }
    await keepTrying({
      ...{ name: 'sweeping replicas', clock, log, signal, wake: this.#sweepWake },
      restInMs: () => sweepIntervalInMs,
      round: async () => {
        const { failures, tidied } = await sweepReplicas(this.#store.ports);
        if (tidied > 0) this.#news.touch();
        for (const { replicaId, error } of failures) {
          log.warn('a replica could not be looked after', { replicaId, reason: String(error) });
        }
        if (tidied > 0) this.#tell();
      },
    });
  }

  async describe(): Promise<Telling> {
    const keeps: KeptReplica[] = [];
    const news: News[] = [];
    for await (const record of allReplicaRecords(this.#store.ports.records)) {
      const own = await this.#news.of(record.replicaId);
      if (own !== undefined) news.push(own);
      keeps.push(kept(record, own?.points));
    }
    return {
      report: { keeps, listens: { masterTarget: this.address } },
      accepted: () => news.forEach((each) => each.accepted()),
    };
  }

  async close(): Promise<void> {
    await this.#intake.close();
    await this.#drains.stop();
    await this.#store.close();
  }

  async take(name: LogName, bytes: Buffer): Promise<Taken> {
    const record = await this.replicas.read(name.replicaId);
    if (record === undefined) return 'gone';
    if (record.cachedBytes >= record.policy.cacheQuotaBytes) return 'full';
    try {
      await this.#store.ports.cache.put(name, bytes);
    } catch (error) {
      if (isRefusal(error, 'NotFound')) return 'gone';
      if (isRefusal(error, 'Conflict')) return 'there';
      throw error;
    }
    this.#drains.ring(name.replicaId);
    return 'kept';
  }

  async drain(replicaId: string): Promise<void> {
    const answer = await answerDoorbell(this.#store.ports, replicaId);
    if (answer.kind === 'failed') {
      this.#options.log.warn('a replica could not be brought up to date', {
        ...{ replicaId, reason: String(answer.error) },
      });
    }
    this.#news.touch(replicaId);
    this.#tell();
  }

  /** Disks with what the replicas held at a moment, as files that a machine can be started from. */
  async #openPoint(parameters: Record<string, unknown>): Promise<Record<string, unknown>> {
    const { disks, job } = OpenPoint.parse(parameters);
    const opened = [];
    for (const { diskId, replicaId, copyId: toReplicaId, moment } of disks) {
      await this.replicas.materialise({ moment, replicaId, toReplicaId, job: `${job}/${replicaId}` });
      const { sizeBytes } = await this.#store.ports.disks.open(toReplicaId).state();
      const sha256 = await digestOfDisk(this.#store.ports.disks, toReplicaId, sizeBytes);
      opened.push({ diskId, copyId: toReplicaId, path: this.pathOf(toReplicaId), sizeBytes, sha256 });
    }
    return { disks: opened };
  }
}

interface Parts {
  readonly drains: Drains;
  readonly intake: LogIntake;
}

function kept(record: ReplicaRecord, points: KeptReplica['points']): KeptReplica {
  const { replicaId, ownerId, sizeBytes, policy, applied, durable, missing, failure } = record;
  const { resyncNeeded, copyingEpoch, cachedBytes, createdAtMs } = record;
  return {
    ...{ replicaId, ownerId, sizeBytes, policy, applied, durable, missing, failure },
    ...{ resyncNeeded, copyingEpoch, cachedBytes, createdAtMs },
    ...(points === undefined ? {} : { points }),
  };
}
