import { randomBytes } from 'node:crypto';
import { deletedItemActivities } from '../../../orchestrations/activities/deleted-item-activities';
import { protectionActivities } from '../../../orchestrations/activities/protection-activities';
import type { Activity } from '../../../orchestrations/durable';
import { Fabric } from '../../../shared/contracts/catalogue/site';
import type { ProtectedItem } from '../../../shared/contracts/catalogue/protected-item';
import { jobIn } from '../../../shared/service/jobs/job-ledger';
import type { JobRecord } from '../../../shared/contracts/jobs/record';
import { everyResource, readResource } from '../../../shared/service/catalogue/resources';
import { createReplicas } from '../../../shared/service/create-replicas';
import { protectableItemName } from '../../../shared/service/agents/note-site';
import { createRegistrationToken } from '../../../shared/service/agents/create-token';
import { readItem } from '../../../shared/service/protection/item-records';
import { reviewItem } from '../../../shared/service/protection/review/review-item';
import { type ReplicationPorts, usualMeasures } from '../../../shared/service/replication-ports';
import { systemIds } from '../../../shared/system/system-ids';
import { wireProtection, type WiredProtection } from '../../../shared/wiring/protection';
import type { Clock } from '../../../shared/ports/clock';
import type { Jobs } from '../../../shared/ports/jobs';
import { vault, World } from '../arm/world';
import { settled, TestEngine } from '../durable/test-engine';
import { engineJobs } from '../failover/engine-jobs';
import { MemoryLogCache } from '../memory/memory-log-cache';
import { MemoryReplicaDisks } from '../memory/memory-replica-disks';
import { MemoryTarget } from '../memory/memory-target';
import { MemoryTargetDocuments } from '../memory/memory-target-documents';
import { type MemoryCompute, memoryCompute } from '../memory-compute';
import { MemoryRecords } from '../memory-records';
import { shippedOrchestrations } from './shipped';
import { PaperAgent } from './paper-agent';

export interface WorldOptions {
  readonly fabricKind?: string;
  readonly instanceType?: string;
  readonly policy?: Record<string, unknown>;
}

/** Protecting in one process and out of time: the API before it, the durable engine in it, memory behind it. */
export class ProtectionWorld {
  readonly records = new MemoryRecords();
  readonly target = new MemoryTarget();
  readonly cache = new MemoryLogCache();
  readonly published: { readonly type: string; readonly id: string }[] = [];
  readonly logged: string[] = [];
  readonly disks = new MemoryReplicaDisks(this.target);
  readonly compute: MemoryCompute = memoryCompute(this.disks);
  readonly replication: ReplicationPorts;
  wired: WiredProtection;
  readonly jobs: Jobs;
  readonly agents: PaperAgent[] = [];
  readonly engine: TestEngine;
  arm!: World;
  #rung = new Set<string>();

  private constructor(readonly options: Required<WorldOptions>) {
    const clock: Clock = {
      now: () => this.engine.clock.now(),
      sleep: () => Promise.resolve(),
    };
    const { records, target, cache } = this;
    const events = {
      publish: (event: { type: string; id: string }) => {
        this.published.push(event);
        return Promise.resolve();
      },
    };
    this.replication = {
      ...{
        disks: this.disks,
        cache,
        documents: new MemoryTargetDocuments(target),
        records,
      },
      ...{
        barrier: { pass: () => Promise.resolve() },
        events,
        clock,
        ids: systemIds,
        measures: usualMeasures,
      },
      doorbells: { ring: async (replicaId) => void this.#rung.add(replicaId) },
    };
    this.wired = this.#wire();
    this.engine = new TestEngine({
      orchestrators: shippedOrchestrations,
      activities: activitiesOf(() => this.wired),
    });
    this.jobs = engineJobs(() => this.engine, { records, clock });
  }

  #wire(): WiredProtection {
    const note = (what: string, about?: object): void =>
      void this.logged.push(`${what} ${JSON.stringify(about)}`);
    return wireProtection({
      ports: this.replication,
      replicas: createReplicas(this.replication),
      grants: {
        grant: async (replicaId, epoch) => ({ url: `https://cache/${replicaId}/${epoch}`, expiresAtMs: 1 }),
      },
      log: { info: note, warn: note, error: note },
      target: { serviceUrl: 'https://lifeboat.example', cloud: () => this.compute },
    });
  }

  /** From here on everything is answered by an instance that remembers nothing. */
  useAnotherInstance(): void {
    this.wired = this.#wire();
  }

  static async open(options: WorldOptions = {}): Promise<ProtectionWorld> {
    const { fabricKind = 'HyperVSite', instanceType = 'HyperVReplicaAzure', policy = {} } = options;
    const world = new ProtectionWorld({ fabricKind, instanceType, policy });
    await world.engine.open();
    world.engine.engine.start();
    world.arm = await World.open(world.records);
    const customDetails = { instanceType: fabricKind, location: 'westeurope' };
    await world.ask('PUT', world.fabricId, { properties: { customDetails } });
    await world.setPolicy(policy);
    if (fabricKind === 'Azure') await world.#openRegions();
    const [container] = await world.containers();
    await world.ask('PUT', `${container ?? ''}/replicationProtectionContainerMappings/m`, {
      properties: {
        targetProtectionContainerId: fabricKind === 'Azure' ? world.otherContainerId : 'Microsoft Azure',
        policyId: `${vault}/replicationPolicies/p`,
        providerSpecificInput: { instanceType },
      },
    });
    return world;
  }

  /** Azure regions come without containers: one here, and one in the region to recover to. */
  async #openRegions(): Promise<void> {
    const other = `${vault}/replicationFabrics/other`;
    const properties = { customDetails: { instanceType: 'Azure', location: 'northeurope' } };
    await this.ask('PUT', other, { properties });
    const container = { properties: { providerSpecificInput: [{ instanceType: 'A2A' }] } };
    await this.ask('PUT', `${this.fabricId}/replicationProtectionContainers/here`, container);
    await this.ask('PUT', this.otherContainerId, container);
  }

  get otherContainerId(): string {
    return `${vault}/replicationFabrics/other/replicationProtectionContainers/there`;
  }

  get fabricId(): string {
    return `${vault}/replicationFabrics/site`;
  }

  get clock(): TestEngine['clock'] {
    return this.engine.clock;
  }

  async setPolicy(policy: Record<string, unknown>): Promise<void> {
    const providerSpecificInput = {
      instanceType: this.options.instanceType,
      multiVmSyncStatus: 'Disable',
      ...policy,
    };
    await this.ask('PUT', `${vault}/replicationPolicies/p`, { properties: { providerSpecificInput } });
  }

  async containers(): Promise<string[]> {
    const ids: string[] = [];
    for await (const { resource } of everyResource(
      this.records,
      this.fabricId,
      'replicationProtectionContainers',
    )) {
      ids.push(resource.id);
    }
    return ids;
  }

  /** One request of a user; jobs run in the engine. */
  async ask(method: string, path: string, body?: unknown): Promise<{ status: number; body: unknown }> {
    const answer = await this.arm.api(this.arm.request(method, path, { body }), this.jobs);
    await settled(this.engine);
    return { status: answer.status, body: answer.jsonBody };
  }

  async token(lifetimeInMs?: number): Promise<string> {
    const { records, clock, ids } = this.replication;
    const vaultAndFabric = { vaultId: vault, fabricId: this.fabricId };
    return (await createRegistrationToken({ records, clock, ids }, { ...vaultAndFabric, lifetimeInMs }))
      .token;
  }

  newAgent(machineId: string, diskSizes: readonly number[] = [65_536]): PaperAgent {
    return this.agentOf(
      machineId,
      new Map(diskSizes.map((size, index) => [`disk${index}`, randomBytes(size)] as const)),
    );
  }

  agentOf(machineId: string, disks: Map<string, Buffer>): PaperAgent {
    const agent = new PaperAgent(
      {
        now: () => this.clock.now(),
        send: (request) => this.wired.face.handle(request, this.jobs),
        cache: this.cache,
        ring: async (replicaId) => void this.#rung.add(replicaId),
      },
      machineId,
      disks,
    );
    this.agents.push(agent);
    return agent;
  }

  /** A machine whose agent has registered and reported. */
  async machine(machineId = 'web', diskSizes?: readonly number[]): Promise<PaperAgent> {
    const agent = this.newAgent(machineId, diskSizes);
    await agent.register(await this.token());
    await agent.round();
    return agent;
  }

  async itemId(name: string): Promise<string> {
    const [container] = await this.containers();
    return `${container ?? ''}/replicationProtectedItems/${name}`;
  }

  async enable(
    machineId = 'web',
    provider: object = {},
    policyId = `${vault}/replicationPolicies/p`,
  ): Promise<{ status: number; body: unknown }> {
    const [container] = await this.containers();
    const fabric = await readResource(this.records, this.fabricId);
    const name = protectableItemName(Fabric.parse(fabric?.resource.properties).internalId, machineId);
    const protectableItemId = `${container ?? ''}/replicationProtectableItems/${name}`;
    const isListed = await this.exists(protectableItemId);
    return this.ask('PUT', await this.itemId(machineId), {
      properties: {
        policyId,
        ...(isListed ? { protectableItemId } : {}),
        providerSpecificDetails: { instanceType: this.options.instanceType, ...provider },
      },
    });
  }

  /** Lets agents, bells and jobs do what they have to do, a few times over; no time passes. */
  async pump(rounds = 3): Promise<void> {
    for (let round = 0; round < rounds; round++) {
      for (const agent of this.agents) {
        await agent.round();
        await agent.cut();
      }
      await this.answerBells();
      await settled(this.engine);
    }
  }

  async answerBells(): Promise<void> {
    const rung = [...this.#rung];
    this.#rung.clear();
    for (const replicaId of rung) await this.wired.ingest(replicaId, this.jobs);
  }

  /** A machine that is protected, with its first points. */
  async protect(machineId = 'web', diskSizes?: readonly number[]): Promise<PaperAgent> {
    const agent = await this.machine(machineId, diskSizes);
    await this.enable(machineId);
    await this.pump(2 + (diskSizes?.length ?? 1));
    return agent;
  }

  async item(name = 'web'): Promise<ProtectedItem | undefined> {
    return readItem(this.records, await this.itemId(name));
  }

  async review(name = 'web'): Promise<void> {
    await reviewItem({ ...this.wired.ports, jobs: this.jobs }, await this.itemId(name));
    await settled(this.engine);
  }

  async jobRecords(): Promise<JobRecord[]> {
    const jobs: JobRecord[] = [];
    for await (const { resource } of everyResource(this.records, vault, 'replicationJobs'))
      jobs.push(jobIn(resource));
    return jobs;
  }

  async points(name = 'web'): Promise<string[]> {
    const found: string[] = [];
    for await (const { resource } of everyResource(this.records, await this.itemId(name), 'recoveryPoints')) {
      found.push(resource.name);
    }
    return found;
  }

  async exists(id: string): Promise<boolean> {
    return (await readResource(this.records, id)) !== undefined;
  }

  async close(): Promise<void> {
    await this.engine.stop();
  }
}

function activitiesOf(wired: () => WiredProtection): Record<string, (input: unknown) => Promise<unknown>> {
  const entries = Object.entries({ ...protectionActivities, ...deletedItemActivities }) as [
    string,
    Activity<never, unknown>,
  ][];
  const run = (name: string, job: never): Promise<unknown> => {
    const steps = wired().steps as Record<string, (job: never) => Promise<unknown>>;
    return steps[name]?.(job) ?? Promise.reject(new Error(`there is no step ${name}`));
  };
  return Object.fromEntries(
    entries.map(([name, activity]) => [name, (input: unknown) => run(name, activity.input.parse(input))]),
  );
}
