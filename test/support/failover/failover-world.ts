import { ProtectedItem } from '../../../shared/contracts/catalogue/protected-item';
import { recoveriesOf } from '../../../shared/service/failover/recovery-records';
import { JobRecord } from '../../../shared/contracts/jobs/record';
import { planService, type PlanService } from '../../../shared/service/plans/plan-service';
import type { InstanceType } from '../../../shared/model/scenarios/scenario';
import type { Clock } from '../../../shared/ports/clock';
import { WishBoard } from '../../../shared/service/agents/wish-board';
import { changeResource, putResource, requireResource } from '../../../shared/service/catalogue/resources';
import { createReplicas } from '../../../shared/service/create-replicas';
import { evidenceKeyOf } from '../../../shared/service/evidence/evidence-key';
import { failoverService, type FailoverService } from '../../../shared/service/failover/failover-service';
import type { FailoverPorts } from '../../../shared/service/failover/failover-ports';
import type { Jobs } from '../../../shared/ports/jobs';
import { type ReplicationPorts, usualMeasures } from '../../../shared/service/replication-ports';
import { systemIds } from '../../../shared/system/system-ids';
import { forgetting } from '../../../shared/wiring/forgetting';
import { wireProtection, type WiredProtection } from '../../../shared/wiring/protection';
import { type Ask, type Reply, vault, World } from '../arm/world';
import { settled, TestEngine } from '../durable/test-engine';
import { MemoryLogCache } from '../memory/memory-log-cache';
import { MemoryReplicaDisks } from '../memory/memory-replica-disks';
import { MemoryTarget } from '../memory/memory-target';
import { MemoryTargetDocuments } from '../memory/memory-target-documents';
import { memoryCompute, type MemoryCompute } from '../memory-compute';
import { MemoryRecords } from '../memory-records';
import { happenTo } from '../../../shared/service/protection/item-records';
import { engineApp } from './engine-app';
import { engineJobs } from './engine-jobs';
import { groupOf, installAgent, protectMachine, type ProtectOptions } from './protect-machine';
import type { SimulatedMachine } from './simulated-machine';

/** Failing over in one process: the API before it, the durable engine and the real services in it, memory behind it. */
export class FailoverWorld {
  readonly records = new MemoryRecords();
  readonly target = new MemoryTarget();
  readonly cache = new MemoryLogCache();
  readonly disks = new MemoryReplicaDisks(this.target);
  readonly compute: MemoryCompute = memoryCompute(this.disks);
  readonly published: { readonly type: string; readonly subject: string }[] = [];
  readonly machines: SimulatedMachine[] = [];
  readonly ports: FailoverPorts;
  readonly service: FailoverService;
  readonly vaultId = vault;
  readonly jobs: Jobs;
  readonly plans: PlanService;
  readonly protection: WiredProtection;
  arm!: World;
  engine!: TestEngine;

  private constructor() {
    const clock: Clock = {
      now: () => this.engine.clock.now(),
      sleep: (durationInMs) =>
        new Promise((resolve) => this.engine.clock.schedule(clock.now() + durationInMs, resolve)),
    };
    const { records } = this;
    const events = {
      publish: (event: { type: string; subject: string }) => {
        this.published.push(event);
        return Promise.resolve();
      },
    };
    const replication: ReplicationPorts = {
      ...{ disks: this.disks, cache: this.cache, documents: new MemoryTargetDocuments(this.target), records },
      ...{ barrier: { pass: () => Promise.resolve() }, doorbells: { ring: () => Promise.resolve() } },
      ...{ events, clock, ids: systemIds, measures: usualMeasures },
    };
    const { machines, places, catalog, sources } = this.compute;
    this.ports = {
      ...{ records, replicas: createReplicas(replication), board: new WishBoard({ records, clock, events }) },
      ...{ events, clock, ids: systemIds, disks: this.disks, machines, places, catalog, sources },
      evidenceKey: () => evidenceKeyOf(records),
      reads: { grantRead: (replicaId) => Promise.resolve({ url: `memory:${replicaId}`, expiresAtMs: 0 }) },
      measures: { plannedWaitInMs: 120_000, unplannedWaitInMs: 120_000, bootWaitInMs: 180_000 },
    };
    this.service = failoverService(this.ports);
    this.jobs = engineJobs(() => this.engine, { records, clock });
    const silent = { info: () => undefined, warn: () => undefined, error: () => undefined };
    this.plans = planService({ ...this.ports, jobs: this.jobs, log: silent });
    this.protection = forgetting(
      wireProtection({
        ...{ ports: replication, replicas: this.ports.replicas, log: silent },
        grants: { grant: () => Promise.resolve({ url: 'memory:', expiresAtMs: 0 }) },
        target: { cloud: () => this.compute },
      }),
      () => this.service,
    );
  }

  static async open(): Promise<FailoverWorld> {
    const world = new FailoverWorld();
    world.engine = await TestEngine.start(engineApp(world));
    world.arm = await World.open(world.records);
    const group = groupOf('rescue');
    const owner = { vaultId: vault, itemId: 'setup', jobId: 'setup' };
    const place = { resourceGroupId: group, location: 'westeurope' };
    await world.compute.places.ensureGroup(place, owner);
    await world.compute.places.ensureNetwork({
      ...{ owner, place, name: 'harbour', addressSpace: ['10.1.0.0/16'] },
      subnets: [{ name: 'default', range: '10.1.0.0/16' }],
    });
    return world;
  }

  async close(): Promise<void> {
    await this.engine.stop();
  }

  /** A machine under protection, whose disks were copied and have a first point. */
  protect(scenario: InstanceType, options: ProtectOptions = {}): Promise<SimulatedMachine> {
    return protectMachine(this, scenario, options);
  }

  /** An agent beside the recovered machine, which registers in this fabric: the one that the machine came from. */
  installAgent(away: SimulatedMachine, fabricId?: string): Promise<SimulatedMachine> {
    return installAgent(this, away, fabricId);
  }

  /** Applies what the machine sent, and lists its points where clients look for them. */
  async drain(machine: SimulatedMachine): Promise<void> {
    for (const { replicaId } of machine.disks) await this.ports.replicas.drainNow(replicaId);
    const [first] = machine.disks;
    for (const { pointId, timeInMs, kind, state } of await this.ports.replicas.points(
      first?.replicaId ?? '',
    )) {
      if (state !== 'listed') continue;
      await putResource(this.records, {
        ...{ id: `${machine.itemId}/recoveryPoints/${pointId}`, name: pointId },
        type: 'Microsoft.RecoveryServices/vaults/replicationFabrics/replicationProtectionContainers/replicationProtectedItems/recoveryPoints',
        properties: {
          timeInMs,
          kind: kind === 'app' ? 'ApplicationConsistent' : 'CrashConsistent',
          diskIds: [],
        },
      });
    }
  }

  /** Writes, cuts, applies: a new recovery point of the machine. */
  async point(machine: SimulatedMachine, kind: 'crash' | 'app' = 'crash'): Promise<string> {
    this.engine.clock.advance(1_000);
    machine.writeSome();
    const pointId = await machine.cut(kind);
    await this.drain(machine);
    if (pointId === undefined) throw new Error('the machine cut no point');
    return pointId;
  }

  async item(machine: SimulatedMachine): Promise<ProtectedItem> {
    return ProtectedItem.parse((await requireResource(this.records, machine.itemId)).resource.properties);
  }

  async ask(method: string, path: string, ask: Ask = {}): Promise<Reply> {
    const answer = await this.arm.api(this.arm.request(method, path, ask), this.jobs);
    const body: unknown =
      answer.jsonBody === undefined ? answer.body : JSON.parse(JSON.stringify(answer.jsonBody));
    return { status: answer.status, headers: answer.headers ?? {}, body };
  }

  /** A verb of an item through the API: its refusal, or the job's id. */
  begin(machine: SimulatedMachine, verb: string, properties: object = {}): Promise<string> {
    return this.beginAt(machine.itemId, verb, properties);
  }

  async beginAt(id: string, verb: string, properties: object = {}): Promise<string> {
    const reply = await this.ask('POST', `${id}/${verb}`, { body: { properties } });
    if (reply.status !== 202) throw new Error(`${verb}: ${reply.status} ${JSON.stringify(reply.body)}`);
    return new URL(reply.headers['Azure-AsyncOperation'] ?? '').pathname.split('/').at(-1) ?? '';
  }

  /** The same, run to its end. */
  async run(machine: SimulatedMachine, verb: string, properties: object = {}): Promise<JobRecord> {
    return this.ended(await this.begin(machine, verb, properties));
  }

  /** Ends the protection of a machine; the job's agents have the time that they are waited for. */
  async disable(machine: SimulatedMachine): Promise<void> {
    const job = await this.ended(await this.begin(machine, 'remove', {}));
    if (job.state !== 'Succeeded') throw new Error(JSON.stringify(job.errors));
  }

  async purge(machine: SimulatedMachine): Promise<void> {
    const { status, headers } = await this.ask('DELETE', machine.itemId);
    if (status !== 202) throw new Error(`purge: ${status}`);
    await this.ended(new URL(headers['Azure-AsyncOperation'] ?? '').pathname.split('/').at(-1) ?? '');
  }

  /** The names of all that is written down in the target account. */
  async documents(): Promise<string[]> {
    const names: string[] = [];
    for await (const name of new MemoryTargetDocuments(this.target).list('')) names.push(name);
    return names;
  }

  /** Lets time pass, this many seconds; machines look meanwhile. */
  async pass(seconds: number, isLooking = true): Promise<void> {
    for (let second = 0; second < seconds; second++) {
      await settled(this.engine);
      if (isLooking) await this.#lookAll();
      await settled(this.engine);
      this.engine.clock.advance(1_000);
    }
  }

  /** Lets machines look and time pass until the job has ended. */
  async ended(jobId: string, check: () => Promise<void> = () => Promise.resolve()): Promise<JobRecord> {
    for (let round = 0; round < 250; round++) {
      await settled(this.engine);
      const job = await this.job(jobId);
      if (job.endTimeInMs !== undefined) return job;
      await this.#lookAll();
      await check();
      await settled(this.engine);
      this.engine.clock.advance(1_000);
    }
    throw new Error(`the job does not end: ${JSON.stringify(await this.job(jobId))}`);
  }

  /** Agents do what is wanted, and what they sent is applied. */
  async #lookAll(): Promise<void> {
    for (const machine of this.machines) {
      await machine.look();
      if (!machine.isReachable) continue;
      for (const { replicaId } of machine.disks) {
        const { replicas } = this.ports;
        if ((await replicas.read(replicaId)) !== undefined) await replicas.drainNow(replicaId);
      }
    }
  }

  async job(jobId: string): Promise<JobRecord> {
    return JobRecord.parse(
      (await requireResource(this.records, `${vault}/replicationJobs/${jobId}`)).resource.properties,
    );
  }

  /** What the protection services do once a new item's first point is there. */
  async finalize(machine: SimulatedMachine): Promise<void> {
    await this.pass(2);
    for (const { replicaId } of machine.disks) {
      const record = await this.ports.replicas.read(replicaId);
      if (record?.copyingEpoch !== null || record.ownerId !== machine.itemId) throw new Error('not copied');
    }
    await happenTo(this.records, machine.itemId, 'initialCopyDone');
  }

  /** The bytes of the recovered machine's disks, in the item's order. */
  async recovered(machine: SimulatedMachine, which: 'test' | 'real'): Promise<readonly Buffer[]> {
    const recovery = recoveriesOf(await this.item(machine))[which];
    return (recovery?.disks ?? []).map(({ targetDiskId }) => this.compute.cloud.content(targetDiskId ?? ''));
  }

  /** Everything in the target cloud that was made for the item. */
  async made(machine: SimulatedMachine): Promise<readonly string[]> {
    const all = await this.compute.machines.made({ vaultId: vault, itemId: machine.itemId });
    return all.map(({ id }) => id);
  }

  async allowed(machine: SimulatedMachine): Promise<unknown> {
    return this.ask('GET', machine.itemId).then(
      ({ body }) => (body as { properties: { allowedOperations: unknown } }).properties.allowedOperations,
    );
  }

  /** Changes an item as the protection services would. */
  async changeItem(machine: SimulatedMachine, changes: Partial<ProtectedItem>): Promise<void> {
    await changeResource(this.records, machine.itemId, (current) => ({
      ...current,
      properties: { ...current.properties, ...changes },
    }));
  }
}
