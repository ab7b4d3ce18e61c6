import type { DisableProtection } from '../../contracts/jobs/item-jobs';
import type { JobOutcome } from '../../contracts/jobs/record';
import { jobLedger } from '../jobs/job-ledger';
import type { ProtectionPorts } from './protection-ports';

/** Ends the job: where it succeeded the item is gone. */
export async function endDisable(
  ports: ProtectionPorts,
  { job, outcome }: { readonly job: DisableProtection; readonly outcome: JobOutcome },
): Promise<JobOutcome> {
  await jobLedger(ports.records, ports.clock, ports.events).finish(job, outcome);
  return outcome;
}
