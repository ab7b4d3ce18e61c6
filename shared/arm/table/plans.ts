import type { z } from 'zod';
import type { ApiAnswer } from '../http/exchange';
import { CommentsBody } from '../items/verb-bodies';
import { control } from '../jobs/control';
import type { Call } from '../operations/call';
import { job, list, read, vaultPath } from '../operations/define';
import type { Operation } from '../operations/operation';
import { groupsOf, PlanInput, planOf, PlanUpdate } from '../plans/plan-input';
import { failoverInput, PlanFailoverBody, PlanTestBody, startPlanJob, testInput } from '../plans/plan-verbs';
import { resourceFor } from '../resources/resource-for';
import { existing, required } from '../resources/stored';
import { Nothing, removal } from './fabrics';

const path = `${vaultPath}/replicationRecoveryPlans/{recoveryPlanName}`;
const group = 'ReplicationRecoveryPlans';
const words = { targetInstanceType: 'RecoveryPlan' };

async function createPlan(call: Call, input: z.infer<typeof PlanInput>): Promise<ApiAnswer> {
  const stored = await existing(call);
  const plan = { ...stored?.resource.properties, ...(await planOf(call, input)) };
  const resource = resourceFor(call, { existing: stored, parent: undefined }, plan);
  return control(call, {
    scenarioName: 'CreateRecoveryPlan',
    friendlyName: 'Create recovery plan',
    ...words,
    changes: [{ change: 'put', resource }],
    resultId: resource.id,
  });
}

async function updatePlan(call: Call, { properties }: z.infer<typeof PlanUpdate>): Promise<ApiAnswer> {
  const plan = await required(call);
  const changed = properties?.groups ?? undefined;
  const found = changed === undefined ? undefined : await groupsOf(call, changed);
  const merged = found === undefined ? {} : { groups: found.groups, replicationProviders: found.providers };
  return control(call, {
    scenarioName: 'UpdateRecoveryPlan',
    friendlyName: 'Update recovery plan',
    ...words,
    changes: [{ change: 'merge', id: plan.id, properties: merged }],
    resultId: plan.id,
  });
}

export const planOperations: readonly Operation[] = [
  list(`${group}_List`, `${vaultPath}/replicationRecoveryPlans`, 1),
  read(`${group}_Get`, path, 1),
  job(`${group}_Create`, ['PUT', path, 1], PlanInput, createPlan),
  job(`${group}_Delete`, ['DELETE', path, 1], Nothing, (call) =>
    removal(call, { scenarioName: 'DeleteRecoveryPlan', friendlyName: 'Delete recovery plan', ...words }),
  ),
  job(`${group}_Update`, ['PATCH', path, 1], PlanUpdate, updatePlan),
  job(`${group}_FailoverCancel`, ['POST', `${path}/failoverCancel`, 1], Nothing, (call) =>
    startPlanJob(call, 'planCancelFailover', {}),
  ),
  job(`${group}_FailoverCommit`, ['POST', `${path}/failoverCommit`, 1], Nothing, (call) =>
    startPlanJob(call, 'planCommitFailover', {}),
  ),
  job(`${group}_PlannedFailover`, ['POST', `${path}/plannedFailover`, 1], PlanFailoverBody, (call, body) =>
    startPlanJob(call, 'planPlannedFailover', failoverInput(body)),
  ),
  job(`${group}_Reprotect`, ['POST', `${path}/reProtect`, 1], Nothing, (call) =>
    startPlanJob(call, 'planReprotect', {}),
  ),
  job(`${group}_TestFailover`, ['POST', `${path}/testFailover`, 1], PlanTestBody, (call, body) =>
    startPlanJob(call, 'planTestFailover', testInput(body)),
  ),
  job(
    `${group}_TestFailoverCleanup`,
    ['POST', `${path}/testFailoverCleanup`, 1],
    CommentsBody,
    (call, body) => {
      const comments = body.properties?.comments;
      return startPlanJob(call, 'planTestFailoverCleanup', typeof comments === 'string' ? { comments } : {});
    },
  ),
  job(
    `${group}_UnplannedFailover`,
    ['POST', `${path}/unplannedFailover`, 1],
    PlanFailoverBody,
    (call, body) => startPlanJob(call, 'planUnplannedFailover', failoverInput(body)),
  ),
];
