import type { Clock } from '../../shared/ports/clock';
import { ServiceRefusal } from '../service/service-refusal';
import { PassingTrouble } from './replica-content';

const pausesInMs = [1, 2, 4, 8, 16, 32, 60, 60, 60, 60].map((seconds) => seconds * 1000);

/** Does the work again after what may pass; a task that is told to have failed is not asked again. */
export async function patiently<T>(clock: Clock, signal: AbortSignal, work: () => Promise<T>): Promise<T> {
  for (let tries = 0; ; tries++) {
    try {
      return await work();
    } catch (error) {
      const pauseInMs = pausesInMs[tries];
      if (pauseInMs === undefined || signal.aborted || !mayPass(error)) throw error;
      await clock.sleep(
        error instanceof ServiceRefusal ? (error.retryAfterInMs ?? pauseInMs) : pauseInMs,
        signal,
      );
    }
  }
}

function mayPass(error: unknown): boolean {
  if (error instanceof ServiceRefusal) return error.isPassing;
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return error instanceof PassingTrouble || code === 'ECONNREFUSED' || code === 'ECONNRESET';
}
