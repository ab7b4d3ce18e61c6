import { z } from 'zod';
import type { DesiredTask } from '../../contracts/agent/desired';
import { TaskResult } from '../../contracts/agent/report';
import { LifeboatError } from '../../errors';
import type { Clock } from '../../ports/clock';
import type { RecordKey, Records } from '../../ports/records';
import type { WishBoard } from '../agents/wish-board';

export interface AskPorts {
  readonly records: Records;
  readonly clock: Clock;
  readonly board: WishBoard;
}

export interface Asked {
  readonly agentId: string;
  /** Asking again under the same id asks for the same. */
  readonly taskId: string;
  readonly kind: DesiredTask['kind'];
  readonly parameters: Record<string, unknown>;
}

const Collected = z.object({ result: TaskResult, atMs: z.int() });

const firstPauseInMs = 25;
const longestPauseInMs = 1_000;
const patienceInMs = 15_000;
/** An answer that nobody collected this long says nothing of now. */
const freshForInMs = 60_000;

/**
 * Asks an agent through its desired state, and waits for what it reports. Refuses with `SiteSilent` where that takes longer: what was
 * asked stays asked, and asking again collects it.
 */
export async function askSite(ports: AskPorts, asked: Asked): Promise<Record<string, unknown>> {
  const known = await collect(ports, asked.taskId);
  if (known !== undefined) return outputOf(known);
  await wantTask(ports, asked, true);
  let waitedInMs = 0;
  for (let pauseInMs = firstPauseInMs; waitedInMs < patienceInMs; waitedInMs += pauseInMs) {
    await ports.clock.sleep(pauseInMs);
    const result = await collect(ports, asked.taskId);
    if (result !== undefined) return outputOf(result);
    pauseInMs = Math.min(pauseInMs * 2, longestPauseInMs);
  }
  throw new LifeboatError('SiteSilent', `The agent of the site has not done ${asked.kind} yet.`, {
    target: asked.agentId,
  });
}

/** Asks, and does not wait: it is done whenever the agent comes to it. */
export async function tellSite(ports: Pick<AskPorts, 'board'>, asked: Asked): Promise<void> {
  await wantTask(ports, asked, false);
}

/** Puts the result of a task by, for who looks for it. */
export async function putBy(
  { records, clock }: Pick<AskPorts, 'records' | 'clock'>,
  result: TaskResult,
): Promise<void> {
  await records.put(answerKey(result.taskId), { result, atMs: clock.now() });
}

async function wantTask(
  { board }: Pick<AskPorts, 'board'>,
  { agentId, taskId, kind, parameters }: Asked,
  isCollected: boolean,
): Promise<void> {
  await board.change(agentId, (wish) =>
    wish.tasks.some((task) => task.taskId === taskId)
      ? wish
      : { ...wish, tasks: [...wish.tasks, { taskId, kind, parameters, isCollected }] },
  );
}

async function collect(
  { records, clock }: Pick<AskPorts, 'records' | 'clock'>,
  taskId: string,
): Promise<TaskResult | undefined> {
  const stored = await records.get(answerKey(taskId));
  if (stored === undefined) return undefined;
  await records.remove(answerKey(taskId));
  const { result, atMs } = Collected.parse(stored.body);
  return clock.now() - atMs < freshForInMs ? result : undefined;
}

function outputOf({ outcome, message, output }: TaskResult): Record<string, unknown> {
  if (outcome === 'succeeded') return output ?? {};
  throw new LifeboatError('SiteRefused', message ?? 'The agent of the site could not do it.');
}

function answerKey(taskId: string): RecordKey {
  return { partition: 'site-answers', id: taskId };
}
