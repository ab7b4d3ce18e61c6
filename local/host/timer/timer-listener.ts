import { z } from 'zod';
import { type Clock } from '../clock';
import { type Settings, substitute } from '../config/settings';
import { type RegisteredFunction } from '../core/function-registry';
import { type Invoke } from '../core/invoker';
import { invokeWithRetry, type RetryPolicy, retryPolicyOf } from '../core/retry-policy';
import { type Listener } from '../listener';
import { parseSchedule, type Schedule } from './schedule';
import { type ScheduleStatus, type ScheduleStatuses } from './schedule-status';

const TimerTrigger = z.looseObject({
  schedule: z.string(),
  useMonitor: z.boolean().default(true),
  runOnStartup: z.boolean().default(false),
});

export interface TimerOptions {
  readonly registered: RegisteredFunction;
  readonly settings: Settings;
  readonly invoke: Invoke;
  readonly clock: Clock;
  readonly statuses: ScheduleStatuses;
}

/** Fires one function by its schedule, never twice at a time. Runs missed while the host was away come as one, past due. */
export class TimerListener implements Listener {
  readonly #options: TimerOptions;
  readonly #schedule: Schedule;
  readonly #isMonitored: boolean;
  readonly #runOnStartup: boolean;
  readonly #retryPolicy: RetryPolicy | undefined;
  readonly #stopping = new AbortController();
  #cancel: () => void = () => undefined;
  #running: Promise<void> = Promise.resolve();

  constructor(options: TimerOptions) {
    this.#options = options;
    const trigger = TimerTrigger.parse(options.registered.trigger);
    this.#schedule = parseSchedule(substitute(trigger.schedule, options.settings, 'schedule'));
    this.#isMonitored = trigger.useMonitor && this.#schedule.isMonitored;
    this.#runOnStartup = trigger.runOnStartup;
    this.#retryPolicy = retryPolicyOf(options.registered);
  }

  start(): void {
    const { clock, statuses, registered } = this.#options;
    const stored = this.#isMonitored ? statuses.read(registered.name) : undefined;
    const known = stored?.schedule === this.#schedule.text ? stored : undefined;
    const nowMs = clock.now();
    if (known !== undefined && nowMs > known.nextMs) return this.#fire(nowMs, known, true);
    const next = known ?? this.#statusAfter(nowMs, stored?.lastMs ?? 0);
    if (this.#runOnStartup) return this.#fire(nowMs, next, false);
    if (known !== undefined || next === undefined) return this.#arm(next);
    this.#running = this.#remember(next).then(() => this.#arm(next));
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    this.#cancel();
    await this.#running;
  }

  #arm(status: ScheduleStatus | undefined): void {
    if (status === undefined || this.#stopping.signal.aborted) return;
    this.#cancel = this.#options.clock.schedule(status.nextMs, () =>
      this.#fire(status.nextMs, status, false),
    );
  }

  #fire(dueMs: number, status: ScheduleStatus | undefined, isPastDue: boolean): void {
    this.#running = this.#run(dueMs, status, isPastDue);
  }

  async #run(dueMs: number, status: ScheduleStatus | undefined, isPastDue: boolean): Promise<void> {
    const { registered, invoke, clock } = this.#options;
    // A timer that fires early would find the same slot again, so the slot's own time counts.
    const lastMs = Math.max(clock.now(), dueMs);
    const invocation = {
      reason: `Timer fired at ${new Date(clock.now()).toISOString()}`,
      data: { json: this.#timerInfo(status, isPastDue) },
    };
    const retrying = { invoke, clock, policy: this.#retryPolicy, signal: this.#stopping.signal };
    // A failure is in the log and does not stop the schedule.
    await invokeWithRetry(registered, invocation, retrying).catch(() => undefined);
    const next = this.#statusAfter(Math.max(clock.now(), lastMs), lastMs);
    if (next !== undefined) await this.#remember(next);
    this.#arm(next);
  }

  #statusAfter(nowMs: number, lastMs: number): ScheduleStatus | undefined {
    const nextMs = this.#schedule.next(nowMs);
    if (nextMs === undefined) return undefined;
    return { schedule: this.#schedule.text, lastMs, nextMs, updatedMs: nowMs };
  }

  async #remember(status: ScheduleStatus): Promise<void> {
    // A store that cannot be written costs the memory of this run, not the next one.
    if (this.#isMonitored)
      await this.#options.statuses.save(this.#options.registered.name, status).catch(() => undefined);
  }

  #timerInfo(status: ScheduleStatus | undefined, isPastDue: boolean): string {
    const shown = this.#isMonitored && status !== undefined ? describe(status) : null;
    return JSON.stringify({ Schedule: { AdjustForDST: true }, ScheduleStatus: shown, IsPastDue: isPastDue });
  }
}

function describe({ lastMs, nextMs, updatedMs }: ScheduleStatus): object {
  const text = (ms: number): string => (ms === 0 ? '0001-01-01T00:00:00' : new Date(ms).toISOString());
  return { Last: text(lastMs), Next: text(nextMs), LastUpdated: text(updatedMs) };
}
