import { type EngineContext } from '../context';
import { httpActivity } from '../replay/growth';
import { EventType, type HistoryEvent, historyEvent } from '../replay/history';
import { dataOf, errorMessage, failureOf, jsonOf } from '../replay/result';
import { countRestart, removeTask, type TaskRow } from '../state/tasks';
import { postToExecution } from './ending';
import { sendHttp } from './http-activity';

export interface ActivityLimits {
  readonly maxConcurrent: number;
  /** How often the process may end while an activity runs before the activity counts as failed. */
  readonly maxRestarts: number;
}

interface Queued {
  readonly task: TaskRow;
  /** It may have been running when the last process ended, and may have been the reason. */
  readonly isRecovered: boolean;
}

/** Runs activities, each at least once, so many at a time. */
export class ActivityPool {
  readonly #context: EngineContext;
  readonly #limits: ActivityLimits;
  readonly #queue: Queued[] = [];
  readonly #running = new Set<Promise<void>>();
  #isOpen = false;
  #isSuspectRunning = false;

  constructor(context: EngineContext, limits: ActivityLimits) {
    this.#context = context;
    this.#limits = limits;
  }

  /** Begins with what an earlier process left. */
  open(left: readonly TaskRow[]): void {
    this.#isOpen = true;
    this.#queue.push(...left.map((task) => ({ task, isRecovered: true })));
    this.#pump();
  }

  add(tasks: readonly TaskRow[]): void {
    if (!this.#isOpen) return;
    this.#queue.push(...tasks.map((task) => ({ task, isRecovered: false })));
    this.#pump();
  }

  /** Takes on nothing more; resolves when nothing runs. */
  async drain(): Promise<void> {
    this.#isOpen = false;
    while (this.#running.size > 0) await Promise.all(this.#running);
  }

  #pump(): void {
    while (this.#isOpen && this.#running.size < this.#limits.maxConcurrent) {
      const index = this.#queue.findIndex((queued) => !this.#isSuspectRunning || !this.#isSuspect(queued));
      const [next] = index === -1 ? [] : this.#queue.splice(index, 1);
      if (next === undefined) return;
      this.#begin(next);
    }
  }

  #begin(queued: Queued): void {
    const isSuspect = this.#isSuspect(queued);
    if (isSuspect) this.#isSuspectRunning = true;
    const run = this.#run(queued)
      .catch((error: unknown) => {
        const { name, instance } = queued.task;
        if (!this.#isOpen) return;
        this.#context.log(
          'error',
          `Activity '${name}' of '${instance}' is not recorded: ${errorMessage(error)}`,
        );
      })
      .finally(() => {
        this.#running.delete(run);
        if (isSuspect) this.#isSuspectRunning = false;
        this.#pump();
      });
    this.#running.add(run);
  }

  /** Suspects run one at a time, so that those that only stood beside the culprit are not counted out with it. */
  #isSuspect({ task, isRecovered }: Queued): boolean {
    return isRecovered && task.restarts >= this.#limits.maxRestarts / 2;
  }

  async #run({ task, isRecovered }: Queued): Promise<void> {
    if (isRecovered && task.restarts >= this.#limits.maxRestarts) {
      const problem = `the process ended ${task.restarts} times while it ran`;
      return this.#record(task, this.#failure(task, new Error(problem)));
    }
    if (isRecovered) await this.#context.commit((database) => countRestart(database, task.sequence));
    this.#context.crashPoint(`activity:${task.name}:before`);
    const event = await this.#invoke(task);
    this.#context.crashPoint(`activity:${task.name}:after`);
    await this.#record(task, event);
    this.#context.crashPoint(`activity:${task.name}:recorded`);
  }

  async #invoke(task: TaskRow): Promise<HistoryEvent> {
    try {
      const Result = task.name === httpActivity ? await sendHttp(task.input) : await this.#call(task);
      return historyEvent(EventType.TaskCompleted, this.#context.clock.now(), {
        TaskScheduledId: task.task_id,
        Result,
      });
    } catch (error) {
      return this.#failure(task, error);
    }
  }

  async #call({ name, input }: TaskRow): Promise<string> {
    const registered = this.#context.registered('activity', name);
    if (registered === undefined) throw new Error(`The activity function '${name}' is not registered`);
    return jsonOf(await this.#context.invoke('activity', registered, dataOf(input)));
  }

  #failure(task: TaskRow, error: unknown): HistoryEvent {
    return historyEvent(EventType.TaskFailed, this.#context.clock.now(), {
      TaskScheduledId: task.task_id,
      ...failureOf(task.name, error),
    });
  }

  async #record(task: TaskRow, event: HistoryEvent): Promise<void> {
    await this.#context.commit((database, changes) => {
      if (!removeTask(database, task.sequence)) return;
      postToExecution(database, changes, { instance: task.instance, execution: task.execution, event });
    });
  }
}
