import type { JobOutcome } from '../shared/contracts/jobs/record';
import type { StepOutcome } from '../shared/contracts/protection/step';

/** How a job ends whose step ended like this. */
export function outcomeOf(step: StepOutcome): JobOutcome {
  switch (step.state) {
    case 'done':
      return { state: 'Succeeded' };
    case 'refused':
      return { state: 'Failed', error: step.error };
    case 'cancelled':
      return { state: 'Cancelled' };
  }
}
