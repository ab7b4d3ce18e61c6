import type { EnableProtection } from '../../../contracts/jobs/item-jobs';
import type { JobOutcome } from '../../../contracts/jobs/record';
import type { StepOutcome } from '../../../contracts/protection/step';
import { jobLedger } from '../../jobs/job-ledger';
import { happenTo, readItem } from '../item-records';
import type { ProtectionPorts } from '../protection-ports';
import { forgetItem } from '../remove-replication';
import { runStep } from '../run-step';

/** The last task of enabling: servers show what they protect. */
export async function updateServers(ports: ProtectionPorts, job: EnableProtection): Promise<StepOutcome> {
  return runStep(ports, { job, taskId: 'UpdateDraStateTask' }, () => Promise.resolve());
}

/** Ends the job. Where it failed nothing of what it made is left, and the item says that it could not be protected. */
export async function endEnable(
  ports: ProtectionPorts,
  { job, outcome }: { readonly job: EnableProtection; readonly outcome: JobOutcome },
): Promise<JobOutcome> {
  if (outcome.state !== 'Succeeded') {
    const item = await readItem(ports.records, job.itemId);
    if (item !== undefined) await forgetItem(ports, { itemId: job.itemId, item, job: job.jobId });
    await happenTo(ports.records, job.itemId, 'enablingFailed');
  }
  await jobLedger(ports.records, ports.clock, ports.events).finish(job, outcome);
  return outcome;
}
