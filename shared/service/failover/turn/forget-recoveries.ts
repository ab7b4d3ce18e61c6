import type { ProtectedItem } from '../../../contracts/catalogue/protected-item';
import type { Recoveries, Recovery } from '../../../contracts/catalogue/recovery';
import { LifeboatError } from '../../../errors';
import type { Records } from '../../../ports/records';
import { scenarios } from '../../../model/scenarios';
import { stateOf } from '../../../model/scenarios/allowed';
import { findMachine } from '../../agents/known-machines';
import { fabricIdOf, readItem } from '../../protection/item-records';
import type { FailoverPorts } from '../failover-ports';
import { recoveriesOf } from '../recovery-records';
import { homeOf, routeOf } from '../route';
import { isWhole, releasePoint, removeCopies, removeTarget } from '../target/remove-target';
import { leftAgentsOf } from './alternate-home';
import { forgetOtherSide, hasTurned, isBetweenSites } from './turn-between-sites';
import { wantNothing } from './turn-item';

/** The job that ends an item's protection. */
export interface EndingJob {
  readonly vaultId: string;
  readonly itemId: string;
  readonly jobId: string;
}

/**
 * Takes away what failing over made for an item whose protection ends: tests, what it ran on before, copies, and what was
 * wanted of agents on either side. The machine that it runs on stays. Safe to repeat.
 */
export async function forgetRecoveries(ports: FailoverPorts, job: EndingJob): Promise<void> {
  const item = await readItem(ports.records, job.itemId);
  if (item === undefined) return;
  const recoveries = recoveriesOf(item);
  const workload = workloadOf(item, recoveries);
  for (const recovery of [recoveries.test, recoveries.next, recoveries.real, recoveries.away]) {
    if (recovery === undefined) continue;
    if (recovery === workload) await letGo(ports, job, recovery);
    else await removeTarget(ports, job, recovery);
  }
  for (const agentId of await agentsOf(ports, job.itemId, item))
    await wantNothing(ports, agentId, job.itemId);
  await forgetOtherSide(ports, item, job.jobId);
}

/** What the item's users work on, where a failover made it; undefined while that is a machine of their own. */
function workloadOf(item: ProtectedItem, { real, away }: Recoveries): Recovery | undefined {
  const route = routeOf(item);
  const { active } = stateOf(scenarios[item.scenario], item.state);
  // A machine on its way back from an appliance's failover runs at the recovery side until it is home.
  const isFailedOver = (active === 'Recovery') !== (item.scenario === 'InMageRcmFailback');
  if (isBetweenSites(item)) return isFailedOver && !hasTurned(item) ? real : away;
  if (isFailedOver) return route.to === 'cloud' ? real : undefined;
  return route.from === 'cloud' ? away : undefined;
}

/** The machine stays, with nothing that it could still need from us. */
async function letGo(ports: FailoverPorts, job: EndingJob, recovery: Recovery): Promise<void> {
  await releasePoint(ports, recovery, job.jobId);
  if (await isWhole(ports, recovery)) return removeCopies(ports, recovery, job.jobId);
  throw new LifeboatError(
    'TargetUnavailable',
    'The disks of the recovered machine still read from their copies.',
    { target: recovery.machine?.id ?? job.itemId },
  );
}

/** Agents of either side which the item's own agent is not: they keep it read-only, or were told to stop. */
async function agentsOf(
  { records }: FailoverPorts,
  itemId: string,
  item: ProtectedItem,
): Promise<readonly string[]> {
  const homeAgentId = homeOf(item)?.agentId;
  const { real, away } = recoveriesOf(item);
  const machineId = (away ?? real)?.machine?.id;
  const recovered =
    machineId === undefined ? undefined : await findMachine(records, fabricIdOf(itemId), machineId);
  return [homeAgentId, await agentOfPrior(records, item), recovered?.agentId, ...leftAgentsOf(item)].filter(
    (id): id is string => id !== undefined,
  );
}

/** The agent of the machine that an item ran on before it was turned between regions: it keeps that one's disks still. */
export async function agentOfPrior(records: Records, item: ProtectedItem): Promise<string | undefined> {
  const prior = item['priorMachineId'];
  const fabricId = item.recoveryFabricId ?? '';
  if (typeof prior !== 'string' || !fabricId.includes('/')) return undefined;
  return (await findMachine(records, fabricId, prior))?.agentId;
}
