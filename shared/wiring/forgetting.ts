import type { FailoverService } from '../service/failover/failover-service';
import type { EndingJob } from '../service/failover/turn/forget-recoveries';
import type { WiredProtection } from './protection';

/** Protection whose end takes along what failovers made; `failover` is asked only then. */
export function forgetting(
  protection: WiredProtection,
  failover: () => FailoverService | undefined,
): WiredProtection {
  const { steps } = protection;
  const after = <J extends EndingJob, R>(step: (job: J) => Promise<R>) => {
    return async (job: J): Promise<R> => {
      await failover()?.forget(job);
      return step(job);
    };
  };
  return { ...protection, steps: { ...steps, cleanUp: after(steps.cleanUp), purge: after(steps.purge) } };
}
