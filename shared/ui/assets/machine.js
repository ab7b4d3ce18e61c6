import { timeOf } from './words.js';

const rank = { Critical: 0, Warning: 1, Normal: 2, None: 3 };

/** What the page shows of a protected item. Scenarios call what waits by names of their own. */
export function machineOf(item) {
  const { id, name, properties } = item;
  const details = properties.providerSpecificDetails ?? {};
  const disks = details.protectedManagedDisks ?? details.protectedDisks ?? details.azureVmDiskDetails ?? [];
  const running = properties.currentScenario?.scenarioName ?? 'None';
  return {
    id,
    name: properties.friendlyName ?? name,
    health: properties.replicationHealth ?? 'None',
    state: properties.protectionStateDescription ?? properties.protectionState,
    running: running === 'None' ? undefined : running,
    rpoInSeconds: details.rpoInSeconds ?? undefined,
    churnBytesPerSecond: details.churnBytesPerSecond ?? undefined,
    backlogMegabytes: backlogOf(disks),
    testedAt: timeOf(properties.lastSuccessfulTestFailoverTime),
    testedText: properties.lastSuccessfulTestFailoverTime,
    errors: properties.healthErrors ?? [],
    policy: properties.policyFriendlyName ?? '',
    scenario: details.instanceType ?? '',
    active: properties.activeLocation ?? '',
    allowed: properties.allowedOperations ?? [],
    disks: disks.length,
  };
}

export function byNeed(left, right) {
  return (
    (rank[left.health] ?? 3) - (rank[right.health] ?? 3) ||
    left.name.localeCompare(right.name, 'en', { numeric: true })
  );
}

const pendingNames = [
  'dataPendingInStagingStorageAccountInMB',
  'dataPendingAtSourceAgentInMB',
  'psDataInMegaBytes',
  'dataPendingInLogDataStoreInMB',
];

/** What waits of all disks; undefined where the scenario does not tell. */
function backlogOf(disks) {
  const told = disks.flatMap((disk) =>
    pendingNames.map((name) => disk[name]).filter((count) => count !== undefined),
  );
  return told.length === 0 ? undefined : told.reduce((sum, count) => sum + count, 0);
}
