import { z } from 'zod';
import { fifteenDaysInMinutes, maybe, text } from './fields';
import { reasons } from './refusals';
import { gone, type Scenario } from './scenario';
import { enabling, failedOver, testing } from './usual-states';

const instanceType = z.literal('InMageRcm');

const disk = { logStorageAccountId: text, diskType: text, diskEncryptionSetId: maybe };

/** Enabling protection of a VMware or physical machine to Azure through an appliance. */
export const ApplianceEnableInput = z.looseObject({
  instanceType,
  fabricDiscoveryMachineId: text,
  processServerId: text,
  targetResourceGroupId: text,
  disksToInclude: z
    .array(z.looseObject({ diskId: text, ...disk }))
    .max(64)
    .nullish(),
  disksDefault: z.looseObject(disk).nullish(),
  targetNetworkId: maybe,
  testNetworkId: maybe,
  targetSubnetName: maybe,
  testSubnetName: maybe,
  targetVmName: maybe,
  targetVmSize: maybe,
  targetAvailabilitySetId: maybe,
  targetAvailabilityZone: maybe,
  runAsAccountId: maybe,
  multiVmGroupName: maybe,
});

/** Turning it round: from Azure back to the site, as an `InMageRcmFailback` item. */
export const ApplianceReprotectInput = z.looseObject({
  instanceType,
  reprotectAgentId: text,
  datastoreName: text,
  logStorageAccountId: text,
  policyId: maybe,
});

/** A VMware or physical machine to Azure through an appliance. */
export const applianceToAzure: Scenario = {
  instanceType: 'InMageRcm',
  aliases: [],
  title: 'A VMware or physical machine to Azure, modernised',
  sourceFabrics: ['InMageRcm'],
  target: 'azure',
  policy: {
    recoveryPointHistoryInMinutes: { min: 0, max: fifteenDaysInMinutes, unit: 'minutes', default: 4320 },
    crashConsistentFrequencyInMinutes: { min: 1 / 60, max: 60, unit: 'minutes', default: 5 },
    appConsistentFrequencyInMinutes: { min: 1, max: 720, unit: 'minutes', default: 240, zeroTurnsOff: true },
  },
  policyInput: z.looseObject({ enableMultiVmSync: z.enum(['true', 'false']).nullish() }),
  inputs: {
    enableProtection: ApplianceEnableInput,
    unplannedFailover: z.looseObject({
      instanceType,
      performShutdown: z.enum(['true', 'false']),
      recoveryPointId: maybe,
    }),
    testFailover: z.looseObject({ instanceType, networkId: maybe, recoveryPointId: maybe }),
    applyRecoveryPoint: z.looseObject({ instanceType, recoveryPointId: text }),
    reprotect: ApplianceReprotectInput,
    updateAppliance: z.looseObject({ instanceType, runAsAccountId: maybe }),
    updateProtectedItem: z.looseObject({ targetVmName: maybe, targetVmSize: maybe, targetNetworkId: maybe }),
  },
  initial: 'UnprotectedStatesBegin',
  states: {
    ...enabling,
    Protected: {
      description: 'Protected',
      active: 'Primary',
      on: {
        unplannedFailover: 'UnplannedFailoverCommitPendingStatesBegin',
        testFailover: 'TestFailoverCleanupPending',
        disableProtection: gone,
        repairReplication: 'Protected',
        updateProtectedItem: 'Protected',
        resolveHealthErrors: 'Protected',
        updateMobilityService: 'Protected',
        updateAppliance: 'Protected',
        purgeProtection: gone,
      },
    },
    ...testing,
    ...failedOver,
    UnplannedFailoverCommitted: {
      description: 'Failover committed',
      active: 'Recovery',
      on: { completeMigration: gone, reprotect: 'Protected', disableProtection: gone, purgeProtection: gone },
    },
  },
  turnsInto: { reprotect: 'InMageRcmFailback' },
  refuses: {
    plannedFailover: reasons.noPlannedFailover,
    failback: reasons.noFailback,
    switchProtection: reasons.noSwitchProtection,
    cancelFailover: reasons.noCancel,
    addDisks: reasons.fixedDisks,
    removeDisks: reasons.fixedDisks,
    switchProvider: reasons.noSwitchProvider,
  },
};
