import { ProtectedItem, RecoveryPoint, type ItemHold } from '../../contracts/catalogue/protected-item';
import type { Resource } from '../../contracts/catalogue/resource';
import { parseResourceId } from '../../model/resource-id';
import { allowedOperations, protectionState, stateOf } from '../../model/scenarios/allowed';
import { scenarios } from '../../model/scenarios';
import { lastName, presentHealthErrors, wireTime } from '../resources/wire-words';
import { presentProviderDetails } from './provider-details';

const testFailoverWords = {
  None: 'None',
  WaitingForCompletion: 'Waiting for user input',
  MarkedForDeletion: 'Cleaning up test environment',
} as const;

/** A protected item on the wire. */
export function presentItem(resource: Resource): Record<string, unknown> {
  const item = ProtectedItem.parse(resource.properties);
  const scenario = scenarios[item.scenario];
  const state = stateOf(scenario, item.state);
  const names = parseResourceId(resource.id)?.names ?? [];
  const standing = { state: item.state, busy: item.hold !== undefined, resyncRequired: item.resyncRequired };
  return {
    friendlyName: item.friendlyName,
    protectedItemType: 'VirtualMachine',
    protectableItemId: item.protectableItemId ?? null,
    recoveryServicesProviderId: item.providerId ?? null,
    primaryFabricProvider: item.primaryFabricKind ?? '',
    ...presentSides(item, names),
    protectionState: protectionState(scenario, item.state),
    protectionStateDescription: state.description,
    activeLocation: state.active,
    testFailoverState: item.testFailover,
    testFailoverStateDescription: testFailoverWords[item.testFailover],
    allowedOperations: allowedOperations(scenario, standing),
    replicationHealth: item.health,
    failoverHealth: item.failoverHealth,
    healthErrors: presentHealthErrors(item.healthErrors),
    policyId: item.policyId,
    policyFriendlyName: lastName(item.policyId),
    lastSuccessfulFailoverTime: wireTime(item.failedOverAtInMs),
    lastSuccessfulTestFailoverTime: wireTime(item.testFailedOverAtInMs),
    currentScenario: currentScenario(resource.id, item),
    failoverRecoveryPointId: item.failoverRecoveryPointId ?? null,
    providerSpecificDetails: presentProviderDetails(item, protectionState(scenario, item.state)),
    eventCorrelationId: item.internalId,
  };
}

/** Between two sites the item stays where it is when its direction turns; what it shows as primary is where it replicates from. */
function presentSides(
  { recoveryFabricId, recoveryContainerId, ...item }: ProtectedItem,
  [fabric = '', container = '']: readonly string[],
): Record<string, unknown> {
  const own = { fabric, container };
  const other = { fabric: lastName(recoveryFabricId), container: lastName(recoveryContainerId) };
  const [primary, recovery] = item['isTurned'] === true ? [other, own] : [own, other];
  return {
    primaryFabricFriendlyName: primary.fabric,
    primaryProtectionContainerFriendlyName: primary.container,
    recoveryFabricFriendlyName: recovery.fabric,
    recoveryProtectionContainerFriendlyName: recovery.container,
    recoveryFabricId: recoveryFabricId ?? null,
    recoveryContainerId: recoveryContainerId ?? null,
  };
}

/** The job that holds a thing, or the words for none. */
export function presentScenario(vaultId: string, job: ItemHold | undefined): Record<string, unknown> {
  return {
    scenarioName: job?.scenarioName ?? 'None',
    jobId: `${vaultId}/replicationJobs/${job?.jobId ?? 'None'}`,
    startTime: job === undefined ? '1753-01-01T01:01:01Z' : wireTime(job.sinceInMs),
  };
}

function currentScenario(id: string, item: ProtectedItem): Record<string, unknown> {
  const vaultId = id.slice(0, id.toLowerCase().indexOf('/replicationfabrics/'));
  return presentScenario(
    vaultId,
    item.hold ?? (item.testFailover === 'WaitingForCompletion' ? item.lastJob : undefined),
  );
}

/** A recovery point on the wire. */
export function presentRecoveryPoint(resource: Resource): Record<string, unknown> {
  const point = RecoveryPoint.parse(resource.properties);
  return {
    recoveryPointTime: wireTime(point.timeInMs),
    recoveryPointType: point.kind,
    providerSpecificDetails: {
      instanceType: resource['instanceType'] ?? 'A2A',
      recoveryPointSyncType: point.isGroupPoint ? 'MultiVmSyncRecoveryPoint' : 'PerVmRecoveryPoint',
      isMultiVmSyncPoint: point.isGroupPoint ? 'Yes' : 'No',
      disks: point.diskIds,
    },
  };
}
