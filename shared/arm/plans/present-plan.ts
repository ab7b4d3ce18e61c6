import { RecoveryPlan, type PlanGroup } from '../../contracts/catalogue/recovery-plan';
import type { Resource } from '../../contracts/catalogue/resource';
import { presentScenario } from '../items/present-item';
import { lastName, wireTime } from '../resources/wire-words';

/** A recovery plan on the wire. */
export function presentPlan(resource: Resource): Record<string, unknown> {
  const plan = RecoveryPlan.parse(resource.properties);
  const vaultId = resource.id.slice(0, resource.id.toLowerCase().indexOf('/replicationrecoveryplans/'));
  const waits = plan.hold === undefined && plan.testFailoverJob !== undefined;
  return {
    friendlyName: plan.friendlyName,
    primaryFabricId: plan.primaryFabricId,
    primaryFabricFriendlyName: lastName(plan.primaryFabricId),
    recoveryFabricId: plan.recoveryFabricId,
    recoveryFabricFriendlyName: lastName(plan.recoveryFabricId),
    failoverDeploymentModel: plan.failoverDeploymentModel ?? 'ResourceManager',
    replicationProviders: plan['replicationProviders'] ?? [],
    allowedOperations: planOperations(plan),
    lastPlannedFailoverTime: wireTime(plan.lastPlannedFailoverAtInMs),
    lastUnplannedFailoverTime: wireTime(plan.lastUnplannedFailoverAtInMs),
    lastTestFailoverTime: wireTime(plan.lastTestFailoverAtInMs),
    currentScenario: presentScenario(vaultId, plan.hold ?? plan.testFailoverJob),
    currentScenarioStatus: waits ? 'Suspended' : plan.hold === undefined ? 'None' : 'InProgress',
    currentScenarioStatusDescription: waits ? 'WaitingForStopTestFailover' : null,
    groups: withFixedGroups(plan.groups),
    providerSpecificDetails: plan['providerSpecificInput'] ?? [],
  };
}

/** What a plan allows: its members decide the rest when it runs. */
function planOperations(plan: RecoveryPlan): readonly string[] {
  if (plan.hold !== undefined) return [];
  return plan.testFailoverJob === undefined
    ? ['PlannedFailover', 'UnplannedFailover', 'TestFailover']
    : ['TestFailoverCleanup'];
}

/** The shutdown and failover groups are always there, also when nobody named them. */
function withFixedGroups(groups: readonly PlanGroup[]): readonly PlanGroup[] {
  const fixed = (['Shutdown', 'Failover'] as const).map(
    (groupType) => groups.find((group) => group.groupType === groupType) ?? { groupType },
  );
  return [...fixed, ...groups.filter(({ groupType }) => groupType === 'Boot')].map((group) => ({
    ...group,
    replicationProtectedItems: group.replicationProtectedItems ?? [],
    startGroupActions: group.startGroupActions ?? [],
    endGroupActions: group.endGroupActions ?? [],
  }));
}
