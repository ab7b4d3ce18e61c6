import { type Database } from '../../store';
import { type EngineContext } from '../context';
import { errorMessage } from '../replay/result';
import { instancesDue, instancesWithMail, nextDue } from '../state/inbox';
import { runEntityTurn } from './entity-turn';
import { runOrchestratorTurn } from './orchestrator-turn';

const longestBackOffMs = 600_000;

/** Gives turns to instances that have mail: one at a time to each, so many side by side. */
export class Scheduler {
  readonly #context: EngineContext;
  readonly #maxConcurrent: number;
  readonly #ready = new Set<string>();
  readonly #running = new Map<string, Promise<void>>();
  readonly #failures = new Map<string, number>();
  #isOpen = false;
  #alarm: { readonly dueMs: number; readonly cancel: () => void } | undefined;

  constructor(context: EngineContext, maxConcurrent: number) {
    this.#context = context;
    this.#maxConcurrent = maxConcurrent;
  }

  open(): void {
    this.#isOpen = true;
    this.#look(instancesWithMail);
  }

  wake(instances: Iterable<string>): void {
    for (const id of instances) this.#ready.add(id);
    this.#pump();
  }

  /** A message will be due then. */
  wakeAt(dueMs: number): void {
    if (!this.#isOpen || dueMs === Infinity) return;
    if (this.#alarm !== undefined && this.#alarm.dueMs <= dueMs) return;
    this.#alarm?.cancel();
    this.#alarm = { dueMs, cancel: this.#context.clock.schedule(dueMs, () => this.#ring()) };
  }

  /** Takes on nothing more; resolves when nothing runs. */
  async drain(): Promise<void> {
    this.#isOpen = false;
    this.#alarm?.cancel();
    this.#alarm = undefined;
    while (this.#running.size > 0) await Promise.all(this.#running.values());
  }

  #ring(): void {
    this.#alarm = undefined;
    if (this.#isOpen) this.#look(instancesDue);
  }

  /**
   * Wakes who has something to read now, and sets the alarm for who comes next. The clock is read once: what came due
   * between two readings would be neither.
   */
  #look(readers: (database: Database, nowMs: number) => string[]): void {
    const { clock, store } = this.#context;
    const nowMs = clock.now();
    const { ready, nextMs } = store.read((database) => ({
      ready: readers(database, nowMs),
      nextMs: nextDue(database, nowMs) ?? Infinity,
    }));
    this.wakeAt(nextMs);
    this.wake(ready);
  }

  #pump(): void {
    if (!this.#isOpen) return;
    for (const id of this.#ready) {
      if (this.#running.size >= this.#maxConcurrent) return;
      if (this.#running.has(id)) continue;
      this.#ready.delete(id);
      this.#begin(id);
    }
  }

  #begin(id: string): void {
    const turn = id.startsWith('@') ? runEntityTurn : runOrchestratorTurn;
    const run = Promise.resolve()
      .then(() => turn(this.#context, id))
      .then(() => void this.#failures.delete(id))
      .catch((error: unknown) => this.#backOff(id, error))
      .finally(() => {
        this.#running.delete(id);
        this.#pump();
      });
    this.#running.set(id, run);
  }

  /** What keeps failing is tried less and less often. */
  #backOff(id: string, error: unknown): void {
    if (!this.#isOpen) return;
    const failures = (this.#failures.get(id) ?? 0) + 1;
    this.#failures.set(id, failures);
    const delayMs = Math.min(2 ** failures * 1000, longestBackOffMs);
    this.#context.log(
      'error',
      `A turn of '${id}' failed, again in ${delayMs / 1000} s: ${errorMessage(error)}`,
    );
    this.#context.clock.schedule(this.#context.clock.now() + delayMs, () => this.wake([id]));
  }
}
