import type { OrchestrationContext } from 'durable-functions';
import { z } from 'zod';
import type { JobOutcome } from '../shared/contracts/jobs/record';
import type { ItemJob } from '../shared/contracts/protection/item-job';
import { protectionActivities as activities } from './activities/protection-activities';
import { call, inputOf, type Steps } from './durable';

/** An orchestration for a job that one activity does from beginning to end. */
export function itemJob(orchestration: ItemJob['orchestration']) {
  return function* runItemJob(context: OrchestrationContext): Steps<JobOutcome> {
    const input = inputOf(context, z.record(z.string(), z.unknown()));
    return yield* call(context, activities.runItemJob, { orchestration, input });
  };
}
