import type { ControlJob } from '../../contracts/jobs/control-job';
import type { JobOutcome } from '../../contracts/jobs/record';
import { isRefusal } from '../../errors';
import type { Clock } from '../../ports/clock';
import type { Events } from '../../ports/events';
import type { Records } from '../../ports/records';
import { applyChanges } from '../catalogue/apply-changes';
import { jobLedger } from './job-ledger';

/**
 * Runs a job that only changes the catalogue, from beginning to end. Safe to repeat. A refusal ends the job as failed;
 * anything else is thrown, and tried again.
 */
export async function runControlJob(
  { records, clock, events }: { records: Records; clock: Clock; events?: Events },
  job: ControlJob,
): Promise<JobOutcome> {
  const outcome = await attempt(records, job);
  await jobLedger(records, clock, events).finish(job, outcome);
  return outcome;
}

async function attempt(records: Records, job: ControlJob): Promise<JobOutcome> {
  try {
    await applyChanges(records, job);
    return { state: 'Succeeded' };
  } catch (error) {
    if (!isRefusal(error) || error.status >= 500) throw error;
    const { code, message, possibleCauses, recommendedAction } = error;
    return { state: 'Failed', error: { code, message, causes: possibleCauses, action: recommendedAction } };
  }
}
