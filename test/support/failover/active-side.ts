import { scenarios } from '../../../shared/model/scenarios';
import { stateOf } from '../../../shared/model/scenarios/allowed';
import { recoveriesOf } from '../../../shared/service/failover/recovery-records';
import type { FailoverWorld } from './failover-world';
import type { SimulatedMachine } from './simulated-machine';

/**
 * What must hold at any moment: I6, the source takes no writes while its successor runs, unless the source is out of reach
 * and the failover unplanned; I11, nothing is at the target that no recovery of the item accounts for.
 */
export async function activeSideOf(world: FailoverWorld, machine: SimulatedMachine): Promise<void> {
  const item = await world.item(machine);
  const { test, real, next, away } = recoveriesOf(item);
  const running = [...world.compute.cloud.machines.values()].filter(({ isRunning }) => isRunning);
  const isTest = ({ machine: { name } }: { machine: { name: string } }): boolean => name.endsWith('-test');
  const successors = running.filter((each) => !isTest(each));
  const isActive = machine.isRunning && !machine.isReadOnly;
  if (successors.length > 1) throw new Error('two successors run at once');
  if (successors.length === 1 && isActive && machine.isReachable) {
    throw new Error(`both sides run: ${item.state}, ${JSON.stringify(item.hold)}`);
  }
  const jobIds = [test, real, next, away].flatMap((each) => each?.madeByJob ?? []);
  const idsOf = async (owner: { readonly jobId?: string }): Promise<readonly string[]> =>
    (await world.compute.machines.made({ vaultId: world.vaultId, itemId: machine.itemId, ...owner })).map(
      ({ id }) => id,
    );
  const known = (await Promise.all(jobIds.map((jobId) => idsOf({ jobId })))).flat();
  const strays = (await idsOf({})).filter((id) => !known.includes(id));
  if (strays.length > 0) throw new Error(`left behind: ${strays.join(', ')}`);
  const isAtRest = item.hold === undefined;
  const isAway = stateOf(scenarios[item.scenario], item.state).active === 'Recovery';
  if (isAtRest && !isAway && successors.length > 0 && !item.state.startsWith('Failback')) {
    throw new Error(`the item is at home, and its successor runs: ${item.state}`);
  }
}
