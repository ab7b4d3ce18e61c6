import type { ReplicationProtectedItem } from '@azure/arm-recoveryservices-siterecovery';
import type { InstanceType } from '../../../shared/model/scenarios/scenario';
import { FailoverWorld } from '../../support/failover/failover-world';
import type { SimulatedMachine } from '../../support/failover/simulated-machine';
import { type Life, openLife } from './life';
import type { ItemPlace } from './protected-life';

/** Machines that are failed over: simulated ones, whose bytes at the target can be looked at. */
export interface FailoverLife extends Life {
  readonly world: FailoverWorld;
  /** A machine under protection with a point; the same one for the same name. */
  readonly machine: (scenario: InstanceType, name: string) => Promise<SimulatedMachine>;
  readonly at: (machine: SimulatedMachine) => ItemPlace;
  readonly read: (machine: SimulatedMachine) => Promise<ReplicationProtectedItem>;
}

export async function openFailover(): Promise<FailoverLife> {
  const world = await FailoverWorld.open();
  const life = await openLife({
    ...{ arm: world.arm, jobs: world.jobs },
    pass: () => world.pass(1),
    close: () => world.close(),
  });
  const machines = new Map<string, SimulatedMachine>();
  const at = ({ itemId }: SimulatedMachine): ItemPlace => {
    const [fabric = '', , container = '', , item = ''] = itemId.split('/').slice(10);
    return [...life.where, fabric, container, item];
  };
  return {
    ...{ ...life, world, at },
    machine: async (scenario, name) => {
      const known = machines.get(name);
      if (known !== undefined) return known;
      const machine = await world.protect(scenario, { name });
      await world.point(machine);
      machines.set(name, machine);
      return machine;
    },
    read: (machine) => life.site.replicationProtectedItems.get(...at(machine)),
  };
}
