import { type Plan } from '../replay/plan';
import { type FailureDetails } from '../replay/history';
import { type OrchestratorResult } from '../replay/result';

/** How an execution ends. */
export interface Outcome {
  readonly status: 'Completed' | 'Failed' | 'Terminated' | 'ContinuedAsNew';
  /** JSON text: the output, or the next execution's input. */
  readonly data: string | null;
  readonly failureDetails?: FailureDetails;
  readonly unread?: readonly object[];
}

export function failed(name: string, error: string): Outcome {
  return { status: 'Failed', data: JSON.stringify(`Orchestrator function '${name}' failed: ${error}`) };
}

/** What the run decided, or undefined if the orchestrator goes on. */
export function outcomeOf(name: string, result: OrchestratorResult, plan: Plan): Outcome | undefined {
  if (result.error !== undefined) {
    const details = result['failureDetails'] as FailureDetails | undefined;
    return { ...failed(name, result.error), ...(details === undefined ? {} : { failureDetails: details }) };
  }
  if (!result.isDone) return undefined;
  if (plan.continueAsNew !== undefined) {
    return { status: 'ContinuedAsNew', data: continuedInput(plan.continueAsNew.input) };
  }
  return { status: 'Completed', data: JSON.stringify(result.output ?? null) };
}

/** A string was encoded once more by the SDK. */
function continuedInput(input: unknown): string | null {
  if (input === undefined || input === null) return null;
  return typeof input === 'string' ? input : JSON.stringify(input);
}
