import type { OrchestrationContext } from 'durable-functions';
import { FinalizeProtection } from '../shared/contracts/protection/finalize';
import { protectionActivities as activities } from './activities/protection-activities';
import { call, callPart, inputOf, type Steps } from './durable';

/** Ends the first copy of a machine. Where both sides finalize, the second job is started as a part of the first. */
export function* finalizeProtection(context: OrchestrationContext): Steps<void> {
  const job = inputOf(context, FinalizeProtection);
  const next = yield* call(context, activities.finalizeItem, job);
  if (next !== null) {
    yield* callPart(context, { name: 'finalizeProtection', id: next.jobId, input: next });
  }
}
