import type { DesiredMode, DesiredTask } from '../../../contracts/agent/desired';
import type { TaskResult } from '../../../contracts/agent/report';
import type { ItemWish } from '../../../contracts/agents/agent-wish';
import type { ProtectedItem } from '../../../contracts/catalogue/protected-item';
import type { StepCall } from '../../../contracts/jobs/failover-steps';
import { feederOf } from '../../protection/feeder-of';
import type { FailoverPorts } from '../failover-ports';

type Ports = Pick<FailoverPorts, 'records' | 'board'>;

interface NamedItem {
  readonly itemId: string;
  readonly item: ProtectedItem;
}

export interface SourceAgent {
  readonly agentId: string;
  /** The machine by its platform's own id. */
  readonly machineId: string;
  /** Who starts and stops the machine. */
  readonly hostAgentId: string;
}

/** The agent that speaks for an item's machine at its source; undefined where none does (any more). */
export async function sourceAgentOf(
  { records }: Ports,
  { itemId, item }: NamedItem,
): Promise<SourceAgent | undefined> {
  const feeder = await feederOf(records, itemId, item);
  if (feeder !== undefined) {
    const { agentId, machine, hostAgentId = agentId } = feeder;
    return { agentId, machineId: machine.machineId, hostAgentId };
  }
  const agentId = item['agentId'];
  if (typeof agentId !== 'string') return undefined;
  return { agentId, machineId: item.sourceMachineId ?? item.internalId, hostAgentId: agentId };
}

/** The id of a task of a job: asking again for the same is the same task. */
export function taskIdOf({ job }: StepCall, name: string): string {
  return `${job.jobId}.${name}`;
}

/** What the agent said of a task, once it has. */
export function resultOf(call: StepCall, name: string): TaskResult | undefined {
  const taskId = taskIdOf(call, name);
  return call.results.find((result) => result.taskId === taskId);
}

/** Puts a task on the agent's board; its result comes to the job as an event. Safe to repeat. */
export async function askAgent(
  { board }: Ports,
  call: StepCall,
  {
    agent,
    name,
    kind,
    parameters,
  }: {
    readonly agent: Pick<SourceAgent, 'agentId'>;
    readonly name: string;
    readonly kind: DesiredTask['kind'];
    readonly parameters: Record<string, unknown>;
  },
): Promise<void> {
  const taskId = taskIdOf(call, name);
  await board.change(agent.agentId, (wish) =>
    wish.tasks.some((task) => task.taskId === taskId)
      ? wish
      : { ...wish, tasks: [...wish.tasks, { taskId, kind, parameters, jobId: call.job.jobId }] },
  );
}

/** Nobody wants this any more: an agent that comes back later must not do it. */
export async function withdrawTasks({ board }: Ports, agentId: string, jobId: string): Promise<void> {
  await board.change(agentId, (wish) => ({
    ...wish,
    tasks: wish.tasks.filter((task) => task.jobId !== jobId),
  }));
}

/** What is wanted of the streams of an item from now on. */
export async function wantOfItem(
  { board }: Ports,
  { agentId, itemId }: { readonly agentId: string; readonly itemId: string },
  how: (wish: ItemWish) => ItemWish,
): Promise<void> {
  await board.change(agentId, (wish) => ({
    ...wish,
    items: wish.items.map((each) => (each.itemId === itemId ? how(each) : each)),
  }));
}

/** All replicas of an item in this mode, in the epochs they are in. */
export function inMode(wish: ItemWish, mode: DesiredMode): ItemWish {
  return { ...wish, replicas: wish.replicas.map((replica) => ({ ...replica, mode })) };
}
