import type { ProtectedItem } from '../../../contracts/catalogue/protected-item';
import type { StepCall } from '../../../contracts/jobs/failover-steps';
import { LifeboatError } from '../../../errors';
import { isPlanned } from '../check-failover';
import type { FailoverPorts } from '../failover-ports';
import { heldItem, noteRecovery, remark } from '../recovery-records';
import { done, skipped, type WorkEnd } from '../run-task-step';
import { cloudSourceOf, routeOf } from '../route';
import { askAgent, resultOf, sourceAgentOf, taskIdOf, withdrawTasks } from './source-agent';

const lookAgainInMs = 30_000;

/** The source is shut down. A planned failover goes on only if that was seen; an unplanned one says what was not. */
export async function shutDownSource(ports: FailoverPorts, call: StepCall): Promise<WorkEnd> {
  const item = await heldItem(ports.records, call.job);
  return routeOf(item).from === 'cloud' ? deallocate(ports, call, item) : shutDownByAgent(ports, call, item);
}

/** The caller does not want the source to be touched. */
export async function skipShutDown({ records }: FailoverPorts, { job }: StepCall): Promise<WorkEnd> {
  await heldItem(records, job);
  await noteRecovery(records, job, { source: 'abandoned' });
  return skipped;
}

async function deallocate(ports: FailoverPorts, call: StepCall, item: ProtectedItem): Promise<WorkEnd> {
  const machineId = cloudSourceOf(item);
  const seen = machineId === undefined ? 'missing' : await ports.sources.stop(machineId);
  if (seen === 'stopped') {
    await noteRecovery(ports.records, call.job, { source: 'stopped' });
    return done;
  }
  return abandon(ports, call, 'The source machine is not there any more.');
}

async function shutDownByAgent(ports: FailoverPorts, call: StepCall, item: ProtectedItem): Promise<WorkEnd> {
  const result = resultOf(call, 'shutDown');
  if (result?.outcome === 'succeeded') {
    await noteRecovery(ports.records, call.job, { source: 'stopped' });
    return done;
  }
  if (result !== undefined)
    return abandon(ports, call, result.message ?? 'The agent could not shut it down.');
  const agent = await sourceAgentOf(ports, { itemId: call.job.itemId, item });
  if (agent === undefined) return abandon(ports, call, 'No agent speaks for the source.');
  if (isOver(ports, call)) {
    await withdrawTasks(ports, agent.hostAgentId, call.job.jobId);
    return abandon(ports, call, 'The agent of the source did not answer in time.');
  }
  const parameters = { machineId: agent.machineId };
  const host = { agentId: agent.hostAgentId };
  await askAgent(ports, call, { agent: host, name: 'shutDown', kind: 'shutDownMachine', parameters });
  return { state: 'waiting', taskIds: [taskIdOf(call, 'shutDown')], pauseInMs: lookAgainInMs };
}

/** True when a step has waited for the source as long as its kind of failover does. */
export function isOver({ clock, measures }: FailoverPorts, { job, sinceInMs }: StepCall): boolean {
  const limitInMs = isPlanned(job) ? measures.plannedWaitInMs : measures.unplannedWaitInMs;
  return clock.now() - sinceInMs >= limitInMs;
}

async function abandon({ records }: FailoverPorts, { job }: StepCall, why: string): Promise<WorkEnd> {
  if (isPlanned(job)) throw new LifeboatError('SourceUnreachable', why, { target: job.itemId });
  await noteRecovery(records, job, { source: 'abandoned' });
  await remark(records, job, `The source was not shut down: ${why}`);
  return skipped;
}
