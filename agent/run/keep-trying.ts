import type { Clock } from '../../shared/ports/clock';
import type { Log } from '../../shared/ports/log';
import { ServiceRefusal } from '../service/service-refusal';
import type { Wake } from './wake';

export interface KeepTrying {
  readonly name: string;
  readonly clock: Clock;
  readonly log: Log;
  readonly signal: AbortSignal;
  readonly wake: Wake;
  /** How long to rest after a round that went well. */
  readonly restInMs: () => number;
  readonly round: () => Promise<void>;
}

/** Seconds first, because most troubles pass at once; then the minutes that the documents name. */
const pausesInMs = [1, 2, 4, 8, 16, 32, 60, 120, 240, 480, 600].map((seconds) => seconds * 1000);
const lastPauseInMs = 30 * 60_000;

/** Does the same round again and again until stopped; after a failure it waits longer each time. */
export async function keepTrying({
  name,
  clock,
  log,
  signal,
  wake,
  restInMs,
  round,
}: KeepTrying): Promise<void> {
  let failures = 0;
  while (!signal.aborted) {
    let pauseInMs: number;
    try {
      await round();
      failures = 0;
      pauseInMs = restInMs();
    } catch (error) {
      if (signal.aborted) return;
      pauseInMs = pauseAfter(error, failures);
      log.warn(`${name} failed; trying again`, {
        reason: messageOf(error),
        afterInMs: pauseInMs,
        failures: ++failures,
      });
    }
    await wake.wait(clock, pauseInMs, signal);
  }
}

function pauseAfter(error: unknown, failures: number): number {
  const told = error instanceof ServiceRefusal ? error.retryAfterInMs : undefined;
  return told ?? pausesInMs[failures] ?? lastPauseInMs;
}

function messageOf(error: unknown): string {
  if (error instanceof ServiceRefusal) return `${error.code}: ${error.message}`;
  return error instanceof Error ? error.message : String(error);
}
