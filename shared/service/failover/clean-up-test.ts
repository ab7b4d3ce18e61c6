import { LifeboatError } from '../../errors';
import type { StepCall } from '../../contracts/jobs/failover-steps';
import { jobLedger } from '../jobs/job-ledger';
import type { FailoverPorts } from './failover-ports';
import { changeRecovery, heldItem, recoveriesOf } from './recovery-records';
import { removeTarget } from './target/remove-target';
import { done, type WorkEnd } from './run-task-step';

export async function checkCleanup({ records }: FailoverPorts, { job }: StepCall): Promise<WorkEnd> {
  if (recoveriesOf(await heldItem(records, job)).test !== undefined) return done;
  throw new LifeboatError('NotFound', 'There is no test failover to clean up.', { target: job.itemId });
}

/** The test is over; what its user had to say of it is kept with the job. */
export async function endTest({ records, clock }: FailoverPorts, { job }: StepCall): Promise<WorkEnd> {
  const { test } = recoveriesOf(await heldItem(records, job));
  await jobLedger(records, clock).annotate(job, ({ customDetails = {} }) => ({
    customDetails: {
      ...customDetails,
      testFailoverStatus: 'Completed',
      comments: job.comments ?? '',
      testedByJob: test?.jobId ?? null,
    },
  }));
  return done;
}

export async function removeTest(ports: FailoverPorts, { job }: StepCall): Promise<WorkEnd> {
  const { test } = recoveriesOf(await heldItem(ports.records, job));
  if (test === undefined) return done;
  await removeTarget(ports, job, test);
  await changeRecovery(ports.records, job, () => undefined);
  return done;
}
