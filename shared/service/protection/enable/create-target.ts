import type { EnableProtection } from '../../../contracts/jobs/item-jobs';
import type { StepOutcome } from '../../../contracts/protection/step';
import type { ProtectionPorts } from '../protection-ports';
import { runStep } from '../run-step';

/** What the target needs before a machine can be copied to it. */
export async function createTarget(ports: ProtectionPorts, job: EnableProtection): Promise<StepOutcome> {
  return runStep(ports, { job, taskId: 'CreateProtectionTargetTask' }, () => Promise.resolve());
}
