import type { StepOutcome } from '../../contracts/protection/step';
import { isRefusal, type LifeboatError } from '../../errors';
import type { Clock } from '../../ports/clock';
import type { Records } from '../../ports/records';
import { jobLedger, type JobName } from '../jobs/job-ledger';

/** Refusals that pass by themselves: the step is tried again. */
const passing = ['TooManyRequests', 'StaleWriter', 'SnapshotRefused', 'PreconditionFailed'] as const;

/**
 * Does one step of a job under its task. A refusal ends the task as failed and is answered; what a retry may cure is thrown.
 * Safe to repeat, if the work is.
 */
export async function runStep(
  { records, clock }: { readonly records: Records; readonly clock: Clock },
  { job, taskId }: { readonly job: JobName; readonly taskId: string },
  work: () => Promise<void>,
): Promise<StepOutcome> {
  const ledger = jobLedger(records, clock);
  const record = await ledger.find(job);
  if (record?.stateDescription === 'Cancelling') return { state: 'cancelled' };
  await ledger.startTask(job, taskId);
  try {
    await work();
  } catch (error) {
    if (!isRefusal(error) || error.status >= 500 || isRefusal(error, ...passing)) throw error;
    const refusal = errorOf(error);
    await ledger.endTask(job, taskId, { state: 'Failed', error: refusal });
    return { state: 'refused', error: refusal };
  }
  await ledger.endTask(job, taskId, { state: 'Succeeded' });
  return { state: 'done' };
}

/** A refusal, in the words that jobs show. */
export function errorOf(error: LifeboatError): {
  code: string;
  message: string;
  causes: string;
  action: string;
} {
  const { code, message, possibleCauses, recommendedAction } = error;
  return { code, message, causes: possibleCauses, action: recommendedAction };
}
