import { randomUUID } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { openStore, type Store } from '../store';
import {
  type DurableEngine,
  type DurableEngineOptions,
  type FunctionKind,
  type ManagementRequest,
  type ManagementResponse,
  type Origin,
} from './contract';
import { type EngineContext } from './context';
import { crashPointFromEnvironment } from './crash-points';
import { clientBinding } from './management/links';
import { answerManagement } from './management/router';
import { Retention } from './retention';
import { Changes } from './state/changes';
import { HistoryCache } from './state/history-cache';
import { readHistory } from './state/instances';
import { migrations } from './state/schema';
import { readTasks } from './state/tasks';
import { systemClock } from './system-clock';
import { ActivityPool } from './turns/activity-pool';
import { Scheduler } from './turns/scheduler';

const defaultCacheBytes = 64 * 1024 * 1024;
const defaultRestarts = 10;

/** Opens the task hub in this folder, for this process alone. Nothing runs before `start`. */
export async function openDurableEngine(options: DurableEngineOptions): Promise<DurableEngine> {
  const store = openStore({
    file: join(options.dataFolder, `${options.hubName}.db`),
    name: `task hub '${options.hubName}'`,
    migrations,
  });
  return new Engine(options, store);
}

class Engine implements DurableEngine {
  readonly #hubName: string;
  readonly #store: Store;
  readonly #context: EngineContext;
  readonly #scheduler: Scheduler;
  readonly #activities: ActivityPool;
  readonly #retention: Retention;

  constructor(options: DurableEngineOptions, store: Store) {
    this.#hubName = options.hubName;
    this.#store = store;
    this.#context = contextFrom(options, store, (changes) => this.#follow(changes));
    this.#scheduler = new Scheduler(
      this.#context,
      options.maxConcurrentOrchestrators ?? 10 * availableParallelism(),
    );
    this.#activities = new ActivityPool(this.#context, {
      maxConcurrent: options.maxConcurrentActivities ?? 10 * availableParallelism(),
      maxRestarts: options.maxActivityRestarts ?? defaultRestarts,
    });
    this.#retention = new Retention(this.#context, options.retainFinishedForMs);
  }

  start(): void {
    this.#activities.open(this.#store.read(readTasks));
    this.#scheduler.open();
    this.#retention.open();
  }

  async drain(timeoutInMs: number): Promise<void> {
    this.#retention.close();
    let timer: NodeJS.Timeout | undefined;
    const limit = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, timeoutInMs);
    });
    const quiet = Promise.all([this.#activities.drain(), this.#scheduler.drain()]);
    await Promise.race([quiet, limit]);
    clearTimeout(timer);
  }

  async close(): Promise<void> {
    await this.drain(0);
    await this.#store.close();
  }

  handle(request: ManagementRequest): Promise<ManagementResponse> {
    return answerManagement(this.#context, this.#hubName, request);
  }

  clientBinding(origin: Origin): string {
    return clientBinding(origin, this.#hubName);
  }

  history(instanceId: string): readonly object[] {
    return this.#store.read((database) => readHistory(database, instanceId));
  }

  #follow(changes: Changes): void {
    this.#activities.add(changes.tasks);
    this.#scheduler.wake(changes.instances);
    this.#scheduler.wakeAt(changes.dueMs);
  }
}

function contextFrom(
  options: DurableEngineOptions,
  store: Store,
  follow: (changes: Changes) => void,
): EngineContext {
  const names: Record<FunctionKind, readonly string[]> = {
    orchestrator: options.functions.orchestrators,
    activity: options.functions.activities,
    entity: options.functions.entities,
  };
  return {
    store,
    clock: options.clock ?? systemClock,
    cache: new HistoryCache(options.historyCacheBytes ?? defaultCacheBytes),
    newId: options.newId ?? (() => randomUUID().replaceAll('-', '')),
    invoke: (kind, name, data) => options.invoke(kind, name, data),
    log: (level, message) => options.log?.(level, message),
    crashPoint: options.crashPoint ?? crashPointFromEnvironment(),
    registered: (kind, name) =>
      names[kind].includes(name)
        ? name
        : names[kind].find((known) => known.toLowerCase() === name.toLowerCase()),
    known: (kind) => names[kind].map((name) => `'${name}'`).join(', ') || 'none',
    commit: async (change) => {
      const changes = new Changes();
      const result = await store.write((database) => change(database, changes));
      follow(changes);
      return result;
    },
  };
}
