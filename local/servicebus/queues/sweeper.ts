import { type QueueContext } from './message-queue';
import { forgetIds, type MessageRow, messageStates, queueOf, sequenceOf } from './rows';

export interface SweeperTargets {
  /** Makes these scheduled messages active. */
  activate(ids: readonly number[]): Promise<void>;
  expire(queue: number, sequence: number): Promise<void>;
}

type DueRow = Pick<MessageRow, 'id' | 'state'> & { readonly due_at: number };

const rowsAtOnce = 500;
const retryAfterInMs = 1_000;

/** Looks after messages whose time comes: scheduled ones, expired ones, remembered ids. One timer for all. */
export class Sweeper {
  /** Everything up to here has been looked at. */
  #doneUpTo = { dueAtMs: 0, id: 0 };
  #nextLookAtMs = Infinity;
  #cancelTimer: (() => void) | null = null;
  #isSweeping = false;
  #isStopped = false;

  constructor(
    private readonly context: QueueContext,
    private readonly targets: SweeperTargets,
  ) {}

  start(): void {
    this.#lookAt(this.#nextDue());
  }

  /** The due time to store for a message: never one that has already been looked at. */
  dueAt(wantedMs: number): number {
    return Math.max(wantedMs, this.#doneUpTo.dueAtMs + 1);
  }

  /** Something becomes due then. */
  expect(dueAtMs: number | null): void {
    if (dueAtMs !== null && dueAtMs < this.#nextLookAtMs) this.#lookAt(dueAtMs);
  }

  stop(): void {
    this.#isStopped = true;
    this.#cancelTimer?.();
  }

  #lookAt(timeMs: number): void {
    this.#cancelTimer?.();
    this.#cancelTimer = null;
    this.#nextLookAtMs = timeMs;
    if (this.#isStopped || timeMs === Infinity) return;
    this.#cancelTimer = this.context.clock.after(timeMs - this.context.clock.now(), () => void this.#look());
  }

  async #look(): Promise<void> {
    if (this.#isSweeping) return;
    this.#isSweeping = true;
    try {
      while (!this.#isStopped && (await this.#sweepSome()));
      if (!this.#isStopped) this.#lookAt(this.#nextDue());
    } catch (error) {
      this.context.log(`sweeping failed and is tried again: ${String(error)}`);
      this.#doneUpTo = { dueAtMs: 0, id: 0 };
      this.#lookAt(this.context.clock.now() + retryAfterInMs);
    } finally {
      this.#isSweeping = false;
    }
  }

  /** Whether there may be more. */
  async #sweepSome(): Promise<boolean> {
    const now = this.context.clock.now();
    const { dueAtMs, id } = this.#doneUpTo;
    const rows = this.context.store.read((database) =>
      database.all<DueRow>(
        `SELECT id, state, due_at FROM messages
         WHERE due_at IS NOT NULL AND (due_at, id) > (?, ?) AND due_at <= ? ORDER BY due_at, id LIMIT ?`,
        dueAtMs,
        id,
        now,
        rowsAtOnce,
      ),
    );
    const scheduled = rows.filter(({ state }) => state === messageStates.scheduled);
    const expired = rows.filter(({ state }) => state !== messageStates.scheduled);
    if (scheduled.length > 0) await this.targets.activate(scheduled.map((row) => row.id));
    await Promise.all(expired.map((row) => this.targets.expire(queueOf(row.id), sequenceOf(row.id))));
    const last = rows.at(-1);
    if (last !== undefined) this.#doneUpTo = { dueAtMs: last.due_at, id: last.id };
    await this.#forgetIds(now);
    return rows.length === rowsAtOnce;
  }

  async #forgetIds(now: number): Promise<void> {
    if (this.#oldestRemembered() > now) return;
    await this.context.store.write((database) => forgetIds(database, now));
  }

  #oldestRemembered(): number {
    const row = this.context.store.read((database) =>
      database.get<{ until: number | null }>('SELECT min(until) AS until FROM recent_ids'),
    );
    return row?.until ?? Infinity;
  }

  #nextDue(): number {
    const { dueAtMs, id } = this.#doneUpTo;
    const row = this.context.store.read((database) =>
      database.get<{ due_at: number }>(
        `SELECT due_at FROM messages WHERE due_at IS NOT NULL AND (due_at, id) > (?, ?)
         ORDER BY due_at, id LIMIT 1`,
        dueAtMs,
        id,
      ),
    );
    // Remembered ids are tidied in passing, at most once a minute.
    const tidyAtMs = Math.max(this.#oldestRemembered(), this.context.clock.now() + 60_000);
    return Math.min(row?.due_at ?? Infinity, tidyAtMs);
  }
}
