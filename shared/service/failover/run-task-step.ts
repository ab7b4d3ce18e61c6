import type { StepCall, StepEnd } from '../../contracts/jobs/failover-steps';
import { isRefusal } from '../../errors';
import type { Clock } from '../../ports/clock';
import type { Records } from '../../ports/records';
import { jobLedger, type TaskEnd } from '../jobs/job-ledger';
import { errorOf } from '../protection/run-step';

/** What the work of a step answers; a refusal is thrown. */
export type WorkEnd = Extract<StepEnd, { state: 'done' | 'skipped' | 'waiting' }>;

export const done: WorkEnd = { state: 'done' };
export const skipped: WorkEnd = { state: 'skipped' };

/** Call again after this time. */
export function pause(pauseInMs: number): WorkEnd {
  return { state: 'waiting', taskIds: [], pauseInMs };
}

/** Refusals that pass by themselves, as another writer was quicker: the step is tried again, soon and then ever more rarely. */
const passing = ['StaleWriter', 'SnapshotRefused', 'PreconditionFailed', 'TooManyRequests'] as const;
const soonInMs = 500;
const soonUntilInMs = 60_000;

/**
 * Does one step under its task. A refusal ends the task as failed and is answered; what a retry may cure is thrown. Safe to
 * repeat, if the work is.
 */
export async function runTaskStep(
  { records, clock }: { readonly records: Records; readonly clock: Clock },
  call: StepCall,
  { mayCancel, work }: { readonly mayCancel: boolean; readonly work: () => Promise<WorkEnd> },
): Promise<StepEnd> {
  const ledger = jobLedger(records, clock);
  const { job, taskId, endsTask } = call;
  const endTask = async (end: TaskEnd): Promise<void> => {
    if (taskId !== undefined) await ledger.endTask(job, taskId, end);
  };
  if (mayCancel && (await ledger.find(job))?.stateDescription === 'Cancelling') {
    await endTask({ state: 'Cancelled' });
    return { state: 'cancelled' };
  }
  if (taskId !== undefined) await ledger.startTask(job, taskId);
  try {
    const end = await work();
    if (end.state === 'skipped' && endsTask) await endTask({ state: 'Skipped' });
    if (end.state === 'done' && endsTask) await endTask({ state: 'Succeeded' });
    return end;
  } catch (error) {
    if (isRefusal(error, ...passing) && clock.now() - call.sinceInMs < soonUntilInMs) return pause(soonInMs);
    if (!isRefusal(error) || error.status >= 500 || isRefusal(error, ...passing)) throw error;
    const refusal = errorOf(error);
    await endTask({ state: 'Failed', error: refusal });
    return { state: 'refused', error: refusal };
  }
}
