import { type RecoveryPlan } from '../../../shared/contracts/catalogue/recovery-plan';
import type { JobRecord } from '../../../shared/contracts/jobs/record';
import { putResource } from '../../../shared/service/catalogue/resources';
import { vault } from '../arm/world';
import { Crasher } from './crasher';
import { FailoverWorld } from './failover-world';
import { keepHistory } from './keep-history';
import type { SimulatedMachine } from './simulated-machine';

const planId = `${vault}/replicationRecoveryPlans/fleet`;

/** Seconds between two looks of all agents: they have little to do here, and are many. */
const agentsLookEvery = 30;

/** Many small machines in a plan of groups that come up one after the other. */
export class Fleet {
  readonly machines: SimulatedMachine[] = [];
  readonly diary: object[] = [];
  readonly #crasher: Crasher;
  #passed = 0;

  private constructor(
    readonly world: FailoverWorld,
    /** Every so many activities the engine ends, and the next one takes over; never, if not said. */
    endsEvery: number,
  ) {
    this.#crasher = new Crasher(world, (point) => {
      if (!point.startsWith('activity:')) return false;
      this.#passed += 1;
      return this.#passed % endsEvery === 0;
    });
  }

  static async open(machines: number, groups: number, endsEvery = Infinity): Promise<Fleet> {
    const world = await FailoverWorld.open();
    const fleet = new Fleet(world, endsEvery);
    const perGroup = Math.ceil(machines / groups);
    for (let index = 0; index < machines; index++) {
      const name = `group-${Math.floor(index / perGroup)}-${index % perGroup}`;
      fleet.machines.push(await world.protect('HyperVReplicaAzure', { name, disks: 1, sizeBytes: 4096 }));
    }
    const members = fleet.machines.map(({ itemId }) => ({ id: itemId }));
    const plan: Partial<RecoveryPlan> = {
      ...{ friendlyName: 'fleet', primaryFabricId: vault, recoveryFabricId: 'Microsoft Azure' },
      groups: Array.from({ length: groups }, (_, index) => ({
        groupType: 'Boot' as const,
        replicationProtectedItems: members.slice(index * perGroup, (index + 1) * perGroup),
      })),
    };
    await putResource(world.records, {
      ...{ id: planId, name: 'fleet', type: 'Microsoft.RecoveryServices/vaults/replicationRecoveryPlans' },
      properties: plan,
    });
    await fleet.#crasher.arm();
    return fleet;
  }

  get crashes(): number {
    return this.#crasher.crashes.length;
  }

  /** The groups in the order in which their machines came up. */
  get order(): number[] {
    return [...this.world.compute.cloud.machines.values()].map(({ machine: { name } }) =>
      Number(name.split('-')[1]),
    );
  }

  /** A verb of the whole plan, run to its end; what it came to is in the diary. */
  async run(verb: string, orchestration: string, properties: object = {}): Promise<JobRecord> {
    const { world } = this;
    const jobId = await world.beginAt(planId, verb, properties);
    let job = await world.job(jobId);
    for (let second = 0; job.endTimeInMs === undefined && second < 3_600; second++) {
      await world.pass(1, second % agentsLookEvery === 0);
      await this.#crasher.revive();
      job = await world.job(jobId);
    }
    await world.pass(1);
    await this.#crasher.revive();
    await world.pass(1);
    await keepHistory(world, { orchestration, jobId, name: `fleet-${this.machines.length}` });
    this.diary.push(await this.#entry(job));
    return job;
  }

  async #entry({ state, stateDescription, tasks }: JobRecord): Promise<object> {
    const { cloud } = this.world.compute;
    const items = await Promise.all(this.machines.map((machine) => this.world.item(machine)));
    return {
      ...{ state, stateDescription, tasks: tasks.map(({ name, state: ended }) => `${name} ${ended}`) },
      items: items.map((item) => [item.state, item.testFailover, item.hold]),
      machines: [...cloud.machines.values()]
        .map(({ machine: { name, disks }, isRunning }) => [name, isRunning, disks.length])
        .toSorted(),
      disks: cloud.disks.size,
      replicas: (await this.world.disks.list()).length,
      holds: this.machines.map(({ isReadOnly, isRunning }) => [isReadOnly, isRunning]),
    };
  }
}
