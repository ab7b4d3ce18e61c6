import type { FailoverPorts } from '../failover/failover-ports';
import type { JobOffice } from '../jobs/accept-job';

/** What the jobs of recovery plans stand on: each machine has a job of its own. */
export interface PlanPorts extends JobOffice {
  readonly board: FailoverPorts['board'];
  readonly events: FailoverPorts['events'];
}
