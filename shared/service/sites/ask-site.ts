import { z } from 'zod';
import type { DesiredTask } from '../../contracts/agent/desired';
import { TaskResult } from '../../contracts/agent/report';
import type { WishedTask } from '../../contracts/agents/agent-wish';
import { LifeboatError } from '../../errors';
import type { Clock } from '../../ports/clock';
import type { Ids } from '../../ports/ids';
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
  /** Done after all that was asked in the same line before. */
  readonly line?: string;
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
  const taskId = await wantTask(ports.board, asked, true);
  let waitedInMs = 0;
  for (let pauseInMs = firstPauseInMs; waitedInMs < patienceInMs; waitedInMs += pauseInMs) {
    await ports.clock.sleep(pauseInMs);
    const result = await collect(ports, taskId);
    if (result !== undefined) return outputOf(result);
    pauseInMs = Math.min(pauseInMs * 2, longestPauseInMs);
  }
  throw new LifeboatError('SiteSilent', `The agent of the site has not done ${asked.kind} yet.`, {
    target: asked.agentId,
  });
}

/**
 * Asks, and does not wait: it is done whenever the agent comes to it, after all that its line holds already. What was told last is
 * done last, however often the same was told before.
 */
export async function tellSite(
  { board, ids }: Pick<AskPorts, 'board'> & { readonly ids: Ids },
  told: Omit<Asked, 'taskId'> & { readonly line: string },
): Promise<void> {
  await wantTask(board, { ...told, taskId: `tell.${ids.uuid()}` }, false);
}

/** Nobody waits for this answer any more: whoever asks the same again is to hear a new one. */
export async function forgetAnswer({ records }: Pick<AskPorts, 'records'>, taskId: string): Promise<void> {
  await records.remove(answerKey(taskId));
}

/** Puts the result of a task by, for who looks for it. */
export async function putBy(
  { records, clock }: Pick<AskPorts, 'records' | 'clock'>,
  result: TaskResult,
): Promise<void> {
  await records.put(answerKey(result.taskId), { result, atMs: clock.now() });
}

/** Adds the task, unless it is wanted already and nothing follows it. The id that its result will have. */
async function wantTask(board: WishBoard, asked: Asked, isCollected: boolean): Promise<string> {
  const { agentId, line, ...what } = asked;
  let { taskId } = asked;
  await board.change(agentId, (wish) => {
    const before = wish.tasks.filter((task) =>
      line === undefined ? task.taskId === asked.taskId : task.line === line,
    );
    const last = before.at(-1);
    taskId = last !== undefined && isSame(last, asked) ? last.taskId : freeId(asked.taskId, before);
    if (taskId === last?.taskId) return wish;
    const task = { ...what, taskId, isCollected, ...(line === undefined ? {} : { line }) };
    const tasks = isCollected ? wish.tasks : wish.tasks.map((each) => leftIf(before.includes(each), each));
    return { ...wish, tasks: [...tasks, task] };
  });
  return taskId;
}

function isSame(wanted: WishedTask, { taskId, kind, parameters }: Asked): boolean {
  if (wanted.taskId === taskId) return true;
  return wanted.kind === kind && JSON.stringify(wanted.parameters) === JSON.stringify(parameters);
}

/** The same asked once more, behind what undoes it, is another task. */
function freeId(taskId: string, before: readonly WishedTask[]): string {
  return before.some((task) => task.taskId === taskId) ? `${taskId}.${before.length}` : taskId;
}

/** Who tells something later in a line has left off waiting for what was asked in it before. */
function leftIf(isLeft: boolean, task: WishedTask): WishedTask {
  return isLeft ? { ...task, isCollected: false } : task;
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
