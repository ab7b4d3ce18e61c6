import type { ProtectedDisk, ProtectedItem } from '../../contracts/catalogue/protected-item';
import { wireTime } from '../resources/wire-words';

const bytesPerMb = 1024 * 1024;

/** What each scenario says of its items beyond what all say. What protection was enabled with is repeated. */
export function presentProviderDetails(
  item: ProtectedItem,
  protectionState: string,
): Record<string, unknown> {
  return {
    ...item.enabledWith,
    ...item.target,
    instanceType: item.instanceType,
    vmId: item.internalId,
    vmName: item.friendlyName,
    vmProtectionState: protectionState,
    vmProtectionStateDescription: protectionState,
    multiVmGroupName: item.multiVmGroupName ?? null,
    rpoInSeconds: item.rpoInSeconds ?? null,
    churnBytesPerSecond: item.churnBytesPerSecond ?? null,
    lastRpoCalculatedTime: wireTime(item.rpoCalculatedAtInMs),
    ...own(item),
  };
}

function own(item: ProtectedItem): Record<string, unknown> {
  switch (item.scenario) {
    case 'A2A':
      return azureDetails(item);
    case 'HyperVReplicaAzure':
    case 'HyperVReplica2012R2':
      return hyperVDetails(item);
    case 'InMageAzureV2':
    case 'InMage':
      return classicDetails(item);
    case 'InMageRcm':
    case 'InMageRcmFailback':
      return applianceDetails(item);
  }
}

function azureDetails(item: ProtectedItem): Record<string, unknown> {
  const chosen = { ...item.enabledWith, ...item.target };
  return {
    recoveryAzureResourceGroupId: chosen['recoveryResourceGroupId'] ?? null,
    recoveryAvailabilitySet: chosen['recoveryAvailabilitySetId'] ?? null,
    fabricObjectId: item.sourceMachineId ?? null,
    monitoringPercentageCompletion: item.initialCopyPercent,
    monitoringJobType: item.initialCopyPercent < 100 ? 'InitialReplication' : 'None',
    recoveryFabricObjectId: null,
    protectedManagedDisks: item.disks.map((disk) => ({
      diskId: disk.id,
      diskName: disk.name,
      diskCapacityInBytes: disk.sizeBytes,
      diskType: disk.isOperatingSystem ? 'OperatingSystem' : 'DataDisk',
      resyncRequired: disk.resyncRequired,
      monitoringPercentageCompletion: disk.copiedPercent,
      dataPendingInStagingStorageAccountInMB: disk.pendingBytes / bytesPerMb,
      dataPendingAtSourceAgentInMB: 0,
    })),
    vmNics: item.target['vmNics'] ?? [],
  };
}

/** Requests that create, requests that update and answers each have a word of their own for it. */
function resourceGroupOf({ enabledWith, target }: ProtectedItem): unknown {
  return target['recoveryAzureV2ResourceGroupId'] ?? enabledWith['targetAzureV2ResourceGroupId'] ?? null;
}

function hyperVDetails(item: ProtectedItem): Record<string, unknown> {
  return {
    recoveryAzureResourceGroupId: resourceGroupOf(item),
    initialReplicationDetails: {
      initialReplicationType: 'OverNetwork',
      initialReplicationProgressPercentage: String(item.initialCopyPercent),
    },
    lastReplicatedTime: wireTime(item.lastReplicatedAtInMs),
    azureVmDiskDetails: item.disks.map((disk) => ({
      vhdId: disk.id,
      vhdName: disk.name,
      diskId: disk.id,
      vhdType: disk.isOperatingSystem ? 'OperatingSystem' : 'DataDisk',
      maxSizeMB: String(Math.ceil(disk.sizeBytes / bytesPerMb)),
    })),
    vmDiskDetails: item.disks.map(({ id, name }) => ({ vhdId: id, vhdName: name })),
    vmNics: item.target['vmNics'] ?? [],
  };
}

function classicDetails(item: ProtectedItem): Record<string, unknown> {
  return {
    recoveryAzureResourceGroupId: resourceGroupOf(item),
    resyncProgressPercentage: item.initialCopyPercent,
    multiVmSyncStatus: item.multiVmGroupName === undefined ? 'Disabled' : 'Enabled',
    protectedDisks: item.disks.map((disk) => ({
      diskId: disk.id,
      diskName: disk.name,
      protectionStage: disk.copiedPercent < 100 ? 'InitialReplication' : 'Protected',
      resyncRequired: disk.resyncRequired ? 'true' : 'false',
      resyncProgressPercentage: Math.round(disk.copiedPercent),
      diskCapacityInBytes: disk.sizeBytes,
      psDataInMegaBytes: disk.pendingBytes / bytesPerMb,
    })),
  };
}

function applianceDetails(item: ProtectedItem): Record<string, unknown> {
  return {
    internalIdentifier: item.internalId,
    initialReplicationProgressPercentage: Math.round(item.initialCopyPercent),
    resyncRequired: item.resyncRequired ? 'true' : 'false',
    resyncState: item.resyncRequired ? 'PreparedForResynchronization' : 'None',
    protectedDisks: item.disks.map(applianceDisk),
  };
}

function applianceDisk(disk: ProtectedDisk): Record<string, unknown> {
  return {
    diskId: disk.id,
    diskName: disk.name,
    isOSDisk: disk.isOperatingSystem ? 'true' : 'false',
    capacityInBytes: disk.sizeBytes,
    dataPendingInLogDataStoreInMB: disk.pendingBytes / bytesPerMb,
  };
}
