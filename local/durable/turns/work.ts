import { type Database } from '../../store';
import { type EngineContext } from '../context';
import { entityInstanceId } from '../replay/schedule';
import { type EntityTarget, EventType, type HistoryEvent, historyEvent } from '../replay/history';
import { type Changes } from '../state/changes';
import { post } from '../state/inbox';
import { ensureEntity, findInstance, forgetInstance, insertInstance, isFinal } from '../state/instances';
import { insertTask } from '../state/tasks';

export interface Owner {
  readonly id: string;
  readonly execution: string;
}

/** Sets in motion what an orchestrator asked for. */
export class Work {
  readonly #database: Database;
  readonly #changes: Changes;
  readonly #context: EngineContext;

  constructor(database: Database, changes: Changes, context: EngineContext) {
    this.#database = database;
    this.#changes = changes;
    this.#context = context;
  }

  begin(owner: Owner, event: HistoryEvent): void {
    if (event.Host?.isOver === true) return;
    switch (event.EventType) {
      case EventType.TaskScheduled:
        return this.#runActivity(owner, event);
      case EventType.SubOrchestrationInstanceCreated:
        return this.#startChild(owner, event);
      case EventType.TimerCreated:
        return this.#setTimer(owner, event);
      default:
        return this.#sendToEntity(owner, event);
    }
  }

  /** Gives back what an execution still holds, or still asks for, when it ends. */
  releaseLocks(owner: Owner, lockSet: readonly EntityTarget[]): void {
    for (const entity of lockSet) {
      const event = historyEvent(EventType.EventSent, this.#context.clock.now(), {
        Name: 'release',
        InstanceId: entityInstanceId(entity),
        Input: JSON.stringify({ parent: owner.id, parentExecution: owner.execution }),
        Host: { kind: 'release' },
      });
      this.#sendToEntity(owner, event);
    }
  }

  #runActivity({ id, execution }: Owner, event: HistoryEvent): void {
    const task = {
      instance: id,
      execution,
      taskId: event.EventId,
      name: event.Name ?? '',
      input: event.Input ?? null,
    };
    this.#changes.run(insertTask(this.#database, task));
  }

  #setTimer({ id, execution }: Owner, event: HistoryEvent): void {
    const dueMs = event.Host?.fireAtMs ?? 0;
    const fired = historyEvent(EventType.TimerFired, dueMs, {
      TimerId: event.EventId,
      ...(event.FireAt === undefined ? {} : { FireAt: event.FireAt }),
    });
    post(this.#database, this.#changes, { instance: id, execution, dueMs, event: fired });
  }

  #startChild({ id, execution }: Owner, event: HistoryEvent): void {
    const child = event.InstanceId ?? '';
    const nowMs = this.#context.clock.now();
    const existing = findInstance(this.#database, child);
    if (existing !== undefined && !isFinal(existing)) {
      const problem = `An instance with id '${child}' is already running`;
      post(this.#database, this.#changes, {
        instance: id,
        execution,
        event: historyEvent(EventType.SubOrchestrationInstanceFailed, nowMs, {
          TaskScheduledId: event.EventId,
          Reason: problem,
          Details: problem,
        }),
      });
      return;
    }
    startInstance(this.#database, this.#changes, {
      id: child,
      name: event.Name ?? '',
      execution: this.#context.newId(),
      version: event.Version ?? null,
      input: event.Input ?? null,
      nowMs,
      parent: { instance: id, execution, task: event.EventId },
    });
  }

  #sendToEntity({ id }: Owner, event: HistoryEvent): void {
    const entity = event.InstanceId ?? '';
    const nowMs = this.#context.clock.now();
    ensureEntity(this.#database, entity, nowMs);
    post(this.#database, this.#changes, {
      instance: entity,
      dueMs: event.Host?.fireAtMs,
      ...(event.Host?.kind === 'signal' ? {} : { sender: id }),
      event: historyEvent(EventType.EventRaised, nowMs, {
        Name: event.Name ?? 'op',
        Input: event.Input ?? null,
      }),
    });
  }
}

/** Begins an instance under an id that is free or finished. */
export function startInstance(
  database: Database,
  changes: Changes,
  instance: Parameters<typeof insertInstance>[1],
): void {
  forgetInstance(database, instance.id);
  insertInstance(database, instance);
  wakeUp(database, changes, instance);
}

/** A message that says nothing but "begin". */
export function wakeUp(
  database: Database,
  changes: Changes,
  { id, execution, nowMs }: { id: string; execution: string; nowMs: number },
): void {
  post(database, changes, {
    instance: id,
    execution,
    event: historyEvent(EventType.ExecutionStarted, nowMs),
  });
}
