import type { DesiredTask } from '../../shared/contracts/agent/desired';
import type { TaskResult } from '../../shared/contracts/agent/report';

/** Does one kind of task. May be asked again for a task that was done: the outcome must be the same. */
export type TaskHandler = (
  parameters: DesiredTask['parameters'],
  taskId: string,
  /** Aborts when the agent stops: the task is then done anew by the next one. */
  signal: AbortSignal,
) => Promise<Record<string, unknown>>;

/** Does what the service asked for, once for each id, and keeps the result until the service no longer wants it. */
export class Tasks {
  readonly #handlers: Partial<Record<DesiredTask['kind'], TaskHandler>>;
  readonly #underWay = new Map<string, Promise<void>>();
  readonly #stopping = new AbortController();
  readonly #results = new Map<string, TaskResult>();
  readonly #onResult: () => void;

  constructor(handlers: Partial<Record<DesiredTask['kind'], TaskHandler>>, onResult: () => void) {
    this.#handlers = handlers;
    this.#onResult = onResult;
  }

  get results(): readonly TaskResult[] {
    return [...this.#results.values()];
  }

  follow(wanted: readonly DesiredTask[]): void {
    const ids = new Set(wanted.map((task) => task.taskId));
    for (const taskId of this.#results.keys()) if (!ids.has(taskId)) this.#results.delete(taskId);
    for (const task of wanted) {
      if (this.#underWay.has(task.taskId) || this.#results.has(task.taskId)) continue;
      this.#underWay.set(task.taskId, this.#perform(task));
    }
  }

  /** Breaks off what is under way; resolves once nothing is. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await Promise.all(this.#underWay.values());
  }

  async #perform({ taskId, kind, parameters }: DesiredTask): Promise<void> {
    const result = await this.#attempt(kind, parameters, taskId);
    this.#underWay.delete(taskId);
    if (this.#stopping.signal.aborted) return;
    this.#results.set(taskId, { taskId, ...result });
    this.#onResult();
  }

  async #attempt(
    kind: DesiredTask['kind'],
    parameters: DesiredTask['parameters'],
    taskId: string,
  ): Promise<Omit<TaskResult, 'taskId'>> {
    const handler = this.#handlers[kind];
    if (handler === undefined)
      return { outcome: 'failed', message: `This agent has no role that does ${kind}.` };
    try {
      return { outcome: 'succeeded', output: await handler(parameters, taskId, this.#stopping.signal) };
    } catch (error) {
      return {
        outcome: 'failed',
        message: (error instanceof Error ? error.message : String(error)).slice(0, 2000),
      };
    }
  }
}
