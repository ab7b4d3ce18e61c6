import { z } from 'zod';
import { RecoveryPlan } from '../../contracts/catalogue/recovery-plan';
import { direction } from '../../contracts/jobs/request-fields';
import { planOrchestrations, type PlanOrchestration } from '../../contracts/jobs/plan-jobs';
import { LifeboatError } from '../../errors';
import { planJobKinds } from '../../model/job-kinds';
import { acceptJob } from '../../service/jobs/accept-job';
import type { ApiAnswer } from '../http/exchange';
import { texts } from '../items/texts';
import { comments } from '../items/verb-bodies';
import { accepted, jobOf, officeOf } from '../jobs/accepted';
import type { Call } from '../operations/call';
import { required } from '../resources/stored';

const provider = z
  .array(z.looseObject({ instanceType: z.string() }))
  .max(8)
  .nullish();

export const PlanFailoverBody = z.looseObject({
  properties: z.looseObject({
    failoverDirection: direction,
    sourceSiteOperations: z.enum(['Required', 'NotRequired']).nullish(),
    comments,
    providerSpecificDetails: provider,
  }),
});

export const PlanTestBody = z.looseObject({
  properties: z.looseObject({
    failoverDirection: direction,
    networkType: z.string().min(1).max(200),
    networkId: z.string().max(2048).nullish(),
    comments,
    providerSpecificDetails: provider,
  }),
});

/** Accepts a job on a recovery plan. While one runs, or a test waits for its clean-up, most others are refused. */
export async function startPlanJob(
  call: Call,
  orchestration: PlanOrchestration,
  input: Record<string, unknown>,
): Promise<ApiAnswer> {
  const resource = await required(call);
  const plan = RecoveryPlan.parse(resource.properties);
  refuseOutOfOrder(plan, orchestration);
  const kind = planJobKinds[orchestration];
  const job = jobOf(call, {
    scenarioName: kind.scenarioName,
    friendlyName: kind.friendlyName,
    targetInstanceType: 'RecoveryPlan',
    orchestration,
    targetId: resource.id,
    targetObjectName: plan.friendlyName,
    input: (jobId) =>
      planOrchestrations[orchestration].parse({
        jobId,
        vaultId: call.vaultId,
        planId: resource.id,
        ...input,
      }),
  });
  const record = await acceptJob(
    officeOf(call),
    { ...job, resultId: resource.id },
    { plan: resource.id, verb: orchestration },
  );
  return accepted(call, record);
}

function refuseOutOfOrder(plan: RecoveryPlan, orchestration: PlanOrchestration): void {
  const isCleanup = orchestration === 'planTestFailoverCleanup';
  const waits = plan.testFailoverJob !== undefined;
  if (isCleanup === waits) return;
  throw new LifeboatError(
    'OperationNotAllowed',
    isCleanup
      ? 'No test failover of this plan waits for its clean-up.'
      : 'A test failover of this plan waits for its clean-up: allowed now is TestFailoverCleanup.',
  );
}

/** The fields of a failover request, as its job takes them. */
export function failoverInput({ properties }: z.infer<typeof PlanFailoverBody>): Record<string, unknown> {
  return {
    direction: properties.failoverDirection,
    shutDownSource: properties.sourceSiteOperations === 'Required',
    ...texts({ comments: properties.comments }),
    provider: properties.providerSpecificDetails ?? [],
  };
}

/** The fields of a test failover request, as its job takes them. */
export function testInput({ properties }: z.infer<typeof PlanTestBody>): Record<string, unknown> {
  return {
    direction: properties.failoverDirection,
    networkType: properties.networkType,
    ...texts({ networkId: properties.networkId, comments: properties.comments }),
    provider: properties.providerSpecificDetails ?? [],
  };
}
