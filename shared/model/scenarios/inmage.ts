import { z } from 'zod';
import { fifteenDaysInMinutes, maybe, multiVmSyncStatus, text, texts } from './fields';
import { reasons } from './refusals';
import { gone, type Scenario } from './scenario';
import { enabling, testing } from './usual-states';

const instanceType = z.literal('InMage');

/** Enabling protection of a VMware or physical machine to a secondary site. */
export const SecondarySiteEnableInput = z.looseObject({
  instanceType,
  vmFriendlyName: maybe,
  masterTargetId: text,
  processServerId: text,
  retentionDrive: text,
  runAsAccountId: maybe,
  multiVmGroupId: text,
  multiVmGroupName: text,
  datastoreName: maybe,
  disksToInclude: texts,
});

/** Turning it round again: towards Azure, or towards the other site. */
export const SecondarySiteReprotectInput = z.looseObject({
  instanceType,
  masterTargetId: text,
  processServerId: text,
  retentionDrive: text,
  runAsAccountId: maybe,
  datastoreName: maybe,
  profileId: text,
  disksToInclude: texts,
});

const failoverInput = z.looseObject({
  instanceType,
  recoveryPointType: z.enum(['LatestTime', 'LatestTag', 'Custom']).nullish(),
  recoveryPointId: maybe,
});

/** A machine to a secondary site through process server and master target; also the way back of InMageAzureV2. */
export const toSecondarySite: Scenario = {
  instanceType: 'InMage',
  aliases: [],
  title: 'A VMware or physical machine to a secondary site, and the way back from Azure',
  sourceFabrics: ['VMware'],
  target: 'fabric',
  policy: {
    recoveryPointThresholdInMinutes: { min: 1, max: 1440, unit: 'minutes', default: 15 },
    recoveryPointHistory: { min: 0, max: fifteenDaysInMinutes, unit: 'minutes', default: 1440 },
    appConsistentFrequencyInMinutes: { min: 1, max: 720, unit: 'minutes', default: 60, zeroTurnsOff: true },
  },
  policyInput: z.looseObject({ multiVmSyncStatus }),
  inputs: {
    enableProtection: SecondarySiteEnableInput,
    unplannedFailover: failoverInput,
    testFailover: failoverInput,
    reprotect: SecondarySiteReprotectInput,
    disableProtection: z.looseObject({ replicaVmDeletionStatus: maybe }),
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
        purgeProtection: gone,
      },
      whenResyncRequired: ['repairReplication'],
    },
    ...testing,
    UnplannedFailoverCommitPendingStatesBegin: {
      description: 'Failover completed',
      active: 'Recovery',
      on: { commitFailover: 'UnplannedFailoverCommitted', disableProtection: gone, purgeProtection: gone },
    },
    UnplannedFailoverCommitted: {
      description: 'Failover committed',
      active: 'Recovery',
      on: { disableProtection: gone, reprotect: gone, purgeProtection: gone },
    },
  },
  turnsInto: { reprotect: 'InMageAzureV2' },
  refuses: {
    plannedFailover: reasons.noPlannedFailover,
    failback: reasons.noFailback,
    switchProtection: reasons.noSwitchProtection,
    applyRecoveryPoint: reasons.noPointChange,
    completeMigration: reasons.noMigration,
    cancelFailover: reasons.noCancel,
    addDisks: reasons.fixedDisks,
    removeDisks: reasons.fixedDisks,
    switchProvider: reasons.noSwitchProvider,
    updateAppliance: reasons.noAppliance,
  },
};
