import { z } from 'zod';
import { diskInput, maybe, tags, text, texts } from './fields';
import { reasons } from './refusals';
import { gone, type Scenario } from './scenario';
import { enablingThenCopying, failedOver, testing } from './usual-states';

const instanceType = z.literal('HyperVReplicaAzure');

/** Enabling protection of a Hyper-V machine to Azure, with or without VMM. */
export const HyperVEnableInput = z.looseObject({
  instanceType,
  hvHostVmId: maybe,
  vmName: maybe,
  osType: maybe,
  vhdId: maybe,
  targetStorageAccountId: maybe,
  logStorageAccountId: maybe,
  targetAzureNetworkId: maybe,
  targetAzureSubnetId: maybe,
  targetAzureVmName: maybe,
  targetAzureV1ResourceGroupId: maybe,
  targetAzureV2ResourceGroupId: maybe,
  targetVmSize: maybe,
  targetAvailabilitySetId: maybe,
  targetAvailabilityZone: maybe,
  useManagedDisks: maybe,
  disksToInclude: texts,
  disksToIncludeForManagedDisks: z.array(diskInput).max(64).nullish(),
  targetVmTags: tags,
});

/** Reversing replication after a failback: the site is the source again. */
export const HyperVReprotectInput = z.looseObject({
  instanceType,
  hvHostVmId: maybe,
  vmName: maybe,
  vHDId: maybe,
  storageAccountId: maybe,
  logStorageAccountId: maybe,
});

/** Failing back from Azure to the site, or to another host of it. */
export const HyperVFailbackInput = z.looseObject({
  instanceType: z.literal('HyperVReplicaAzureFailback'),
  dataSyncOption: z.enum(['ForDownTime', 'ForSynchronization']).nullish(),
  recoveryVmCreationOption: z.enum(['CreateVmIfNotFound', 'NoAction']).nullish(),
  providerIdForAlternateRecovery: maybe,
});

const failoverInput = z.looseObject({ instanceType, recoveryPointId: maybe });

/** A Hyper-V machine to Azure. */
export const hyperVToAzure: Scenario = {
  instanceType: 'HyperVReplicaAzure',
  aliases: [],
  title: 'A Hyper-V machine to Azure, with or without VMM',
  sourceFabrics: ['HyperVSite', 'VMM'],
  target: 'azure',
  policy: {
    recoveryPointHistoryDuration: { min: 0, max: 24, unit: 'hours', default: 2 },
    applicationConsistentSnapshotFrequencyInHours: {
      min: 1,
      max: 12,
      unit: 'hours',
      default: 1,
      zeroTurnsOff: true,
    },
    replicationInterval: { min: 30, max: 900, unit: 'seconds', default: 300, oneOf: [30, 300, 900] },
  },
  policyInput: z.looseObject({
    storageAccounts: z.array(text).max(1).nullish(),
    onlineReplicationStartTime: maybe,
  }),
  inputs: {
    enableProtection: HyperVEnableInput,
    plannedFailover: failoverInput,
    unplannedFailover: failoverInput,
    testFailover: failoverInput,
    applyRecoveryPoint: z.looseObject({ instanceType }),
    failback: HyperVFailbackInput,
    reprotect: HyperVReprotectInput,
    updateProtectedItem: z.looseObject({ recoveryAzureV2ResourceGroupId: maybe, useManagedDisks: maybe }),
  },
  initial: 'UnprotectedStatesBegin',
  states: {
    ...enablingThenCopying,
    Protected: {
      description: 'Protected',
      active: 'Primary',
      on: {
        plannedFailover: 'PlannedFailoverCommitRequired',
        unplannedFailover: 'UnplannedFailoverCommitPendingStatesBegin',
        disableProtection: gone,
        testFailover: 'TestFailoverCleanupPending',
        repairReplication: 'Protected',
        updateProtectedItem: 'Protected',
        resolveHealthErrors: 'Protected',
        purgeProtection: gone,
      },
      whenResyncRequired: ['repairReplication'],
    },
    ...testing,
    PlannedFailoverCommitRequired: {
      description: 'Planned failover finished',
      active: 'Recovery',
      on: {
        completeMigration: gone,
        commitFailover: 'PlannedFailoverStatesBegin',
        disableProtection: gone,
        applyRecoveryPoint: 'PlannedFailoverCommitRequired',
        purgeProtection: gone,
      },
    },
    PlannedFailoverStatesBegin: {
      description: 'Planned failover committed',
      active: 'Recovery',
      on: {
        completeMigration: gone,
        disableProtection: gone,
        failback: 'FailbackCommitRequired',
        purgeProtection: gone,
      },
    },
    ...failedOver,
    UnplannedFailoverCommitted: {
      description: 'Failover committed',
      active: 'Recovery',
      on: {
        completeMigration: gone,
        disableProtection: gone,
        failback: 'FailbackCommitRequired',
        purgeProtection: gone,
      },
    },
    FailbackCommitRequired: {
      protectionState: 'PlannedFailoverCommitRequired',
      description: 'Failback finished',
      active: 'Primary',
      on: { commitFailover: 'FailbackCommitted', disableProtection: gone, purgeProtection: gone },
    },
    FailbackCommitted: {
      protectionState: 'PlannedFailoverStatesBegin',
      description: 'Failback committed',
      active: 'Primary',
      on: { disableProtection: gone, reprotect: 'Protected', purgeProtection: gone },
    },
  },
  refuses: {
    switchProtection: reasons.noSwitchProtection,
    cancelFailover: reasons.noCancel,
    addDisks: reasons.fixedDisks,
    removeDisks: reasons.fixedDisks,
    updateMobilityService: reasons.noMobilityService,
    switchProvider: reasons.noSwitchProvider,
    updateAppliance: reasons.noAppliance,
  },
};
