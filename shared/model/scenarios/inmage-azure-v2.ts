import { z } from 'zod';
import { diskInput, fifteenDaysInMinutes, maybe, multiVmSyncStatus, tags, text, texts } from './fields';
import { reasons } from './refusals';
import { gone, type Scenario } from './scenario';
import { enabling, failedOver, testing } from './usual-states';

const instanceType = z.literal('InMageAzureV2');

/** Enabling protection of a VMware or physical machine to Azure, the classic way. */
export const ClassicEnableInput = z.looseObject({
  instanceType,
  masterTargetId: maybe,
  processServerId: maybe,
  storageAccountId: maybe,
  runAsAccountId: maybe,
  multiVmGroupId: maybe,
  multiVmGroupName: maybe,
  disksToInclude: z.array(diskInput).max(64).nullish(),
  targetAzureNetworkId: maybe,
  targetAzureSubnetId: maybe,
  targetAzureVmName: maybe,
  targetAzureV2ResourceGroupId: maybe,
  targetVmSize: maybe,
  logStorageAccountId: maybe,
  diskType: maybe,
  targetVmTags: tags,
});

/** Turning it round: from Azure back to the site, as an `InMage` item. */
export const ClassicReprotectInput = z.looseObject({
  instanceType,
  masterTargetId: maybe,
  processServerId: maybe,
  storageAccountId: maybe,
  runAsAccountId: maybe,
  policyId: maybe,
  logStorageAccountId: maybe,
  disksToInclude: texts,
});

const failoverInput = z.looseObject({ instanceType, recoveryPointId: maybe });

/** A VMware or physical machine to Azure, the classic way. */
export const classicToAzure: Scenario = {
  instanceType: 'InMageAzureV2',
  aliases: [],
  title: 'A VMware or physical machine to Azure, classic',
  sourceFabrics: ['VMware'],
  target: 'azure',
  policy: {
    recoveryPointThresholdInMinutes: { min: 1, max: 1440, unit: 'minutes', default: 15 },
    recoveryPointHistory: { min: 0, max: fifteenDaysInMinutes, unit: 'minutes', default: 1440 },
    crashConsistentFrequencyInMinutes: { min: 1 / 60, max: 60, unit: 'minutes', default: 5 },
    appConsistentFrequencyInMinutes: { min: 1, max: 720, unit: 'minutes', default: 60, zeroTurnsOff: true },
  },
  policyInput: z.looseObject({ multiVmSyncStatus }),
  inputs: {
    enableProtection: ClassicEnableInput,
    unplannedFailover: failoverInput,
    testFailover: failoverInput,
    applyRecoveryPoint: z.looseObject({ instanceType }),
    reprotect: ClassicReprotectInput,
    switchProtection: z.looseObject({}),
    switchProvider: z.looseObject({
      instanceType,
      targetVaultID: text,
      targetFabricID: text,
      targetApplianceID: text,
    }),
    updateProtectedItem: z.looseObject({ recoveryAzureV2ResourceGroupId: maybe, useManagedDisks: maybe }),
  },
  initial: 'UnprotectedStatesBegin',
  states: {
    ...enabling,
    Protected: {
      description: 'Protected',
      active: 'Primary',
      on: {
        unplannedFailover: 'UnplannedFailoverCommitPendingStatesBegin',
        disableProtection: gone,
        testFailover: 'TestFailoverCleanupPending',
        repairReplication: 'Protected',
        updateProtectedItem: 'Protected',
        resolveHealthErrors: 'Protected',
        updateMobilityService: 'Protected',
        switchProvider: 'Protected',
        purgeProtection: gone,
      },
      whenResyncRequired: ['repairReplication'],
    },
    ...testing,
    ...failedOver,
    UnplannedFailoverCommitted: {
      description: 'Failover committed',
      active: 'Recovery',
      on: {
        completeMigration: gone,
        disableProtection: gone,
        reprotect: gone,
        switchProtection: gone,
        purgeProtection: gone,
      },
    },
  },
  turnsInto: { reprotect: 'InMage', switchProtection: 'InMage', switchProvider: 'InMageRcm' },
  refuses: {
    plannedFailover: reasons.noPlannedFailover,
    failback: reasons.noFailback,
    cancelFailover: reasons.noCancel,
    addDisks: reasons.fixedDisks,
    removeDisks: reasons.fixedDisks,
    updateAppliance: reasons.noAppliance,
  },
};
