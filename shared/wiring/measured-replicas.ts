import type { Telemetry } from '../ports/telemetry';
import type { Replicas } from '../service/replicas';

/** Replicas whose agents' reports are counted on the way: how many bytes guests have written. */
export function measuredReplicas(replicas: Replicas, telemetry: Telemetry): Replicas {
  return {
    ...replicas,
    report: async (report) => {
      const status = await replicas.report(report);
      if (report.churnBytes > 0) telemetry.count('lifeboat.churn.bytes', {}, report.churnBytes);
      return status;
    },
  };
}
