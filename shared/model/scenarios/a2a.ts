import { z } from 'zod';
import { fifteenDaysInMinutes, maybe, multiVmSyncStatus, text, texts } from './fields';
import { reasons } from './refusals';
import { gone, type Scenario } from './scenario';
import { enabling, failedOver, testing } from './usual-states';

const managedDisk = z.looseObject({
  diskId: text,
  /** The cache: change logs land here first. */
  primaryStagingAzureStorageAccountId: text,
  recoveryResourceGroupId: text,
  recoveryReplicaDiskAccountType: maybe,
  recoveryTargetDiskAccountType: maybe,
  recoveryDiskEncryptionSetId: maybe,
});

const unmanagedDisk = z.looseObject({
  diskUri: text,
  recoveryAzureStorageAccountId: text,
  primaryStagingAzureStorageAccountId: text,
});

const placement = {
  recoveryContainerId: maybe,
  recoveryResourceGroupId: maybe,
  recoveryAvailabilitySetId: maybe,
  recoveryAvailabilityZone: maybe,
  recoveryProximityPlacementGroupId: maybe,
  vmDisks: z.array(unmanagedDisk).max(64).nullish(),
  vmManagedDisks: z.array(managedDisk).max(64).nullish(),
};

/** Enabling protection of an Azure machine. */
export const AzureEnableInput = z.looseObject({
  instanceType: z.literal('A2A'),
  fabricObjectId: text,
  ...placement,
  multiVmGroupName: maybe,
  multiVmGroupId: maybe,
  recoveryAzureNetworkId: maybe,
  recoverySubnetName: maybe,
});

/** Turning protection of an Azure machine round. */
export const AzureSwitchInput = z.looseObject({
  instanceType: z.literal('A2A'),
  ...placement,
  policyId: maybe,
});

const failoverInput = z.looseObject({ instanceType: z.literal('A2A'), recoveryPointId: maybe });

/** An Azure machine to another region. */
export const azureToAzure: Scenario = {
  instanceType: 'A2A',
  aliases: [],
  title: 'An Azure machine to another Azure region',
  sourceFabrics: ['Azure'],
  target: 'azure',
  policy: {
    recoveryPointHistory: { min: 0, max: fifteenDaysInMinutes, unit: 'minutes', default: 1440 },
    crashConsistentFrequencyInMinutes: { min: 1 / 60, max: 60, unit: 'minutes', default: 5 },
    appConsistentFrequencyInMinutes: { min: 1, max: 720, unit: 'minutes', default: 240, zeroTurnsOff: true },
  },
  policyInput: z.looseObject({ multiVmSyncStatus }),
  inputs: {
    enableProtection: AzureEnableInput,
    unplannedFailover: failoverInput,
    testFailover: failoverInput,
    applyRecoveryPoint: z.looseObject({ instanceType: z.literal('A2A') }),
    switchProtection: AzureSwitchInput,
    addDisks: z.looseObject({ vmManagedDisks: placement.vmManagedDisks, vmDisks: placement.vmDisks }),
    removeDisks: z.looseObject({ vmManagedDisksIds: texts, vmDisksUris: texts }),
    updateProtectedItem: z.looseObject({ recoveryResourceGroupId: maybe, tfoAzureVMName: maybe }),
  },
  initial: 'UnprotectedStatesBegin',
  states: {
    ...enabling,
    Protected: {
      description: 'Protected',
      active: 'Primary',
      on: {
        repairReplication: 'Protected',
        unplannedFailover: 'UnplannedFailoverCommitPendingStatesBegin',
        disableProtection: gone,
        testFailover: 'TestFailoverCleanupPending',
        updateProtectedItem: 'Protected',
        addDisks: 'Protected',
        removeDisks: 'Protected',
        resolveHealthErrors: 'Protected',
        updateMobilityService: 'Protected',
        purgeProtection: gone,
      },
    },
    ...testing,
    ...failedOver,
    UnplannedFailoverCommitted: {
      description: 'Failover committed',
      active: 'Recovery',
      on: { completeMigration: gone, disableProtection: gone, switchProtection: gone, purgeProtection: gone },
    },
  },
  turnsInto: { switchProtection: 'A2A' },
  refuses: {
    plannedFailover: reasons.noPlannedFailover,
    failback: reasons.noFailback,
    reprotect: reasons.noReprotect,
    cancelFailover: reasons.noCancel,
    switchProvider: reasons.noSwitchProvider,
    updateAppliance: reasons.noAppliance,
  },
};
