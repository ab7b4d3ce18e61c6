import type { OrchestrationContext } from 'durable-functions';
import { z } from 'zod';
import type { FailoverJob } from '../../shared/contracts/jobs/failover-steps';
import type { Steps } from '../durable';
import { performAll, type PlannedStep, type Stop } from './job-steps';

const Option = z.looseObject({ dataSyncOption: z.string().nullish() });

const prepare = 'PrepareForFailoverTask';
const synchronise: readonly PlannedStep[] = [
  { step: 'startReverseStream', taskId: prepare, endsTask: false },
  { step: 'awaitReverseStream', taskId: prepare, endsTask: false },
];
const shutDown: PlannedStep = { step: 'shutDownSource', taskId: 'ShutdownVmOnPrimary' };

/**
 * Back to the site. To keep the downtime short the recovered machine goes on running while most of what changed is brought over;
 * to send the least it is shut down first.
 */
export function* failback(context: OrchestrationContext, job: FailoverJob): Steps<Stop | undefined> {
  const isShutDownFirst = Option.parse(job.provider ?? {}).dataSyncOption === 'ForSynchronization';
  return yield* performAll(context, job, [
    { step: 'checkFailback', taskId: 'PlannedFailoverPreflightChecksTask', endsTask: false },
    { step: 'turnToTarget', taskId: 'PlannedFailoverPreflightChecksTask' },
    { step: 'checkFailover' },
    ...(isShutDownFirst ? [shutDown, ...synchronise] : [...synchronise, shutDown]),
    { step: 'sealSource', taskId: prepare, endsTask: false },
    { step: 'drainReplicas', taskId: prepare, endsTask: false },
    { step: 'choosePoint', taskId: prepare, endsTask: false },
    { step: 'fenceReplicas', taskId: prepare },
    { step: 'makeTargetDisks', taskId: 'FailoverTask' },
    { step: 'startTargetMachine', taskId: 'StartVmOnSecondary' },
    { step: 'writeEvidence' },
    { step: 'turnHome' },
  ]);
}
