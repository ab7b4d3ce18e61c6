import { randomUUID } from 'node:crypto';
import { endpointOf } from '../../../bench/support/azurite-process';
import { BlobLogCache } from '../../../shared/azure/blob-log-cache';
import { BlobTargetDocuments } from '../../../shared/azure/blob-target-documents';
import { PageBlobReplicaDisks } from '../../../shared/azure/page-blob-replica-disks';
import { isRefusal } from '../../../shared/errors';
import { createReplicas } from '../../../shared/service/create-replicas';
import type { Replicas, StartedEpoch } from '../../../shared/service/replicas';
import { usualMeasures, type ReplicationPorts } from '../../../shared/service/replication-ports';
import { systemClock } from '../../../shared/system/system-clock';
import type { Azurite } from '../../support/azurite';
import { FaultProxy } from '../../support/fault-proxy/fault-proxy';
import { MemoryRecords } from '../../support/memory-records';
import { SeededChance } from '../../support/seeded-chance';
import { SourceDisk, uuid } from './source-disk';

const mebibyte = 1024 * 1024;
const faultRate = 0.15;
const workersAtOnce = 2;
const impatient = { maxTries: 4, retryDelayInMs: 1, maxRetryDelayInMs: 4, tryTimeoutInMs: 10_000 };

export interface Stage {
  readonly cache: Azurite;
  readonly target: Azurite;
}

export interface RunCounts {
  faults: number;
  kills: number;
  logs: number;
  points: number;
  /** Points and disks whose bytes were not those of the source. */
  differences: number;
}

class WorkerKilled extends Error {}

/** One disk's stream through two faulty accounts, drained by workers that die; then everything is compared. */
export class FaultyRun {
  readonly #chance: SeededChance;
  readonly #records = new MemoryRecords();
  readonly #counts: RunCounts = { faults: 0, kills: 0, logs: 0, points: 0, differences: 0 };
  readonly #replicaId: string;

  constructor(
    private readonly stage: Stage,
    private readonly options: {
      readonly seed: number;
      readonly killsWanted: number;
      readonly logsWanted: number;
    },
  ) {
    this.#chance = new SeededChance(options.seed);
    this.#replicaId = uuid(this.#chance);
  }

  async run(): Promise<RunCounts> {
    const clean = this.#ports({});
    const replicas = createReplicas(clean);
    const sizeBytes = mebibyte * (1 + this.#chance.below(3));
    const started = await this.#start(replicas, sizeBytes);
    const stream = { replicaId: this.#replicaId, epoch: started.epoch, chainHead: started.chainHead };
    const source = new SourceDisk(stream, this.#chance, systemClock.now(), sizeBytes);
    await this.#drainUnderFaults(clean, source, started.epoch);
    await source.seal(true);
    await this.#upload(clean, source, started.epoch);
    await this.#drainInPeace(clean, source, started.epoch);
    await this.#compare(clean, source);
    this.#counts.logs = source.logs.length;
    return this.#counts;
  }

  async #start(replicas: Replicas, sizeBytes: number): Promise<StartedEpoch> {
    const replicaId = this.#replicaId;
    const policy = {
      ...{ retention: [{ untilAgeInMs: 86_400_000, everyInMs: 0 }], journalWindowInMs: 0 },
      ...{ journal: false, anchorIntervalInMs: 60_000, rpoThresholdInMs: 60_000, cacheQuotaBytes: 2 ** 40 },
    };
    await replicas.create({ replicaId, sizeBytes, ownerId: 'faults', policy });
    return replicas.startEpoch({ replicaId, kind: 'rebase', reason: 'faults', job: 'faults' });
  }

  async #drainUnderFaults(clean: ReplicationPorts, source: SourceDisk, epoch: number): Promise<void> {
    const options = { seed: this.options.seed, rate: faultRate, mayCorrupt: isLog };
    const cache = await FaultProxy.start({ ...options, toPort: this.stage.cache.port });
    const target = await FaultProxy.start({ ...options, toPort: this.stage.target.port });
    const isOver = (): boolean =>
      this.#counts.kills >= this.options.killsWanted && source.logs.length >= this.options.logsWanted;
    let agent = Promise.resolve();
    const worker = async (): Promise<void> => {
      while (!isOver()) {
        await this.#mortalWorker({
          cacheEndpoint: endpointOf(cache.port),
          targetEndpoint: endpointOf(target.port),
        });
        // There is one agent, however many workers there are.
        agent = agent.then(() => this.#answerWants(clean, source, epoch));
        await agent;
      }
    };
    await source.seal(false);
    await this.#upload(clean, source, epoch);
    await Promise.all(Array.from({ length: workersAtOnce }, worker));
    await Promise.all([cache.stop(), target.stop()]);
    this.#counts.faults += cache.plan.total + target.plan.total;
  }

  /** Drains with clients that go dead at some request, before it is sent or before its answer is heard. */
  async #mortalWorker(endpoints: { cacheEndpoint: string; targetEndpoint: string }): Promise<void> {
    // Lives grow longer with every death, or a log of more requests than any life has would never be applied.
    let triesLeft = 1 + this.#chance.below(30 + this.#counts.kills);
    const gate = (moment: 'before' | 'after'): void => {
      if (moment === 'before') triesLeft -= 1;
      if (triesLeft < 0) throw new WorkerKilled();
    };
    const ports = this.#ports({ ...endpoints, gate });
    try {
      await createReplicas(ports).drainNow(this.#replicaId);
    } catch {
      // Killed, or met more faults than it would try again after: the next worker starts from what storage says.
    }
    if (triesLeft < 0) this.#counts.kills += 1;
  }

  /** The agent: new logs while the old ones are taken, and again what the service misses. */
  async #answerWants(clean: ReplicationPorts, source: SourceDisk, epoch: number): Promise<void> {
    const { applied, wants } = await createReplicas(clean).report({
      ...{ replicaId: this.#replicaId, epoch, sealed: source.logs.length, uploaded: source.logs.length },
      ...{
        diskSizeBytes: source.content.length,
        copiedBytes: 0,
        toCopyBytes: 0,
        spooledBytes: 0,
        churnBytes: 0,
      },
      state: 'replicating',
    });
    const wanted = source.logs.find(({ sequence }) => sequence === wants?.sequence);
    if (wants !== null && wanted !== undefined) {
      await this.#put(clean, { epoch, sequence: wanted.sequence, attempt: wants.attempt }, wanted.bytes);
    }
    if ((applied?.sequence ?? 0) + 1 < source.logs.length) return;
    await source.seal(this.#chance.below(3) === 0);
    await this.#upload(clean, source, epoch);
  }

  /** Every fifth log arrives damaged the first time. */
  async #upload(clean: ReplicationPorts, source: SourceDisk, epoch: number): Promise<void> {
    const log = source.logs.at(-1);
    if (log === undefined) return;
    const bytes = Buffer.from(log.bytes);
    if (this.#chance.below(5) === 0)
      bytes.writeUInt8(bytes.readUInt8(bytes.length - 1) ^ 1, bytes.length - 1);
    await this.#put(clean, { epoch, sequence: log.sequence, attempt: 0 }, bytes);
  }

  async #put(
    { cache }: ReplicationPorts,
    name: { epoch: number; sequence: number; attempt: number },
    bytes: Uint8Array,
  ): Promise<void> {
    try {
      await cache.put({ replicaId: this.#replicaId, ...name }, bytes);
    } catch (error) {
      if (!isRefusal(error, 'Conflict')) throw error;
    }
  }

  /** The faults have stopped: lag must go to nothing with nobody's help. */
  async #drainInPeace(clean: ReplicationPorts, source: SourceDisk, epoch: number): Promise<void> {
    const replicas = createReplicas(clean);
    const last = source.logs.length;
    for (let round = 0; round < 2 * last + 10; round += 1) {
      const { reached } = await replicas.drainNow(this.#replicaId);
      if (reached?.sequence === last) break;
      const { wants } = await replicas.report({
        ...{ replicaId: this.#replicaId, epoch, sealed: last, uploaded: last, state: 'replicating' },
        ...{
          diskSizeBytes: source.content.length,
          copiedBytes: 0,
          toCopyBytes: 0,
          spooledBytes: 0,
          churnBytes: 0,
        },
      });
      const wanted = source.logs.find(({ sequence }) => sequence === wants?.sequence);
      if (wants === null || wanted === undefined) continue;
      await this.#put(clean, { epoch, sequence: wanted.sequence, attempt: wants.attempt }, wanted.bytes);
    }
    const { reached } = await replicas.drainNow(this.#replicaId);
    if (reached?.sequence === last) return;
    const record = JSON.stringify(await replicas.read(this.#replicaId));
    throw new Error(`seed ${this.options.seed}: stuck before log ${last}: ${record}`);
  }

  async #compare(clean: ReplicationPorts, source: SourceDisk): Promise<void> {
    const replicas = createReplicas(clean);
    const replicaId = this.#replicaId;
    await this.#expectBytes(clean, replicaId, source.content);
    for (const [pointId, content] of source.markers) {
      const manifest = await replicas.point(pointId);
      if (manifest?.state !== 'listed') {
        throw new Error(`seed ${this.options.seed}: point ${pointId} is ${manifest?.state ?? 'nowhere'}`);
      }
      const toReplicaId = randomUUID();
      const moment = { kind: 'point', pointId } as const;
      await replicas.materialise({ moment, replicaId, toReplicaId, job: 'compare' });
      await this.#expectBytes(clean, toReplicaId, content);
      await clean.disks.remove(toReplicaId);
      this.#counts.points += 1;
    }
    await clean.disks.remove(replicaId);
  }

  async #expectBytes({ disks }: ReplicationPorts, replicaId: string, content: Buffer): Promise<void> {
    const { data } = await disks.open(replicaId).read({ offsetBytes: 0, lengthBytes: content.length });
    if (!content.equals(data)) this.#counts.differences += 1;
  }

  #ports(through: {
    readonly cacheEndpoint?: string;
    readonly targetEndpoint?: string;
    readonly gate?: (moment: 'before' | 'after') => void;
  }): ReplicationPorts {
    const { cacheEndpoint, targetEndpoint, gate } = through;
    const options = { retryOptions: impatient, ...(gate === undefined ? {} : { gate }) };
    const { cache, target } = this.stage;
    const targetService = target.service({ ...options, ...(targetEndpoint && { endpoint: targetEndpoint }) });
    const cacheService = cache.service({ ...options, ...(cacheEndpoint && { endpoint: cacheEndpoint }) });
    return {
      disks: new PageBlobReplicaDisks(targetService, systemClock),
      cache: new BlobLogCache(cacheService),
      documents: new BlobTargetDocuments(targetService),
      barrier: { pass: async () => undefined },
      doorbells: { ring: async () => undefined },
      events: { publish: async () => undefined },
      records: this.#records,
      clock: systemClock,
      ids: { uuid: () => randomUUID() },
      // A log that is damaged on its way here is none of the agent's bad uploads.
      measures: { ...usualMeasures, attemptLimit: 1000 },
    };
  }
}

/** Change logs prove themselves, so their bytes may be damaged on the way. */
function isLog(path: string): boolean {
  return path.includes('/logs-') && !path.includes('comp=');
}
