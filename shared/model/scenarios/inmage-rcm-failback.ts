import { z } from 'zod';
import { maybe, text } from './fields';
import { reasons } from './refusals';
import { gone, type Scenario } from './scenario';

const instanceType = z.literal('InMageRcmFailback');

/** Turning it round once more: the site is the source again, as an `InMageRcm` item. */
export const FailbackReprotectInput = z.looseObject({
  instanceType,
  processServerId: text,
  policyId: text,
  runAsAccountId: maybe,
});

const bornElsewhere =
  'A machine is not enabled for failback: it becomes a failback item when a failed-over InMageRcm item is reprotected.';

/** A machine that runs in Azure, replicating back to its site. */
export const applianceFailback: Scenario = {
  instanceType: 'InMageRcmFailback',
  aliases: [],
  title: 'A failed-over machine from Azure back to its site, modernised',
  sourceFabrics: ['InMageRcm'],
  target: 'fabric',
  policy: {
    crashConsistentFrequencyInMinutes: { min: 1 / 60, max: 60, unit: 'minutes', default: 5 },
    appConsistentFrequencyInMinutes: { min: 1, max: 720, unit: 'minutes', default: 60, zeroTurnsOff: true },
  },
  policyInput: z.looseObject({}),
  inputs: {
    enableProtection: z.looseObject({ instanceType: z.never({ error: bornElsewhere }) }),
    plannedFailover: z.looseObject({
      instanceType,
      recoveryPointType: z.enum(['ApplicationConsistent', 'CrashConsistent']),
    }),
    reprotect: FailbackReprotectInput,
  },
  initial: 'Protected',
  states: {
    Protected: {
      description: 'Protected',
      active: 'Recovery',
      on: {
        plannedFailover: 'PlannedFailoverCommitRequired',
        disableProtection: gone,
        repairReplication: 'Protected',
        resolveHealthErrors: 'Protected',
        updateMobilityService: 'Protected',
        purgeProtection: gone,
      },
      whenResyncRequired: ['repairReplication'],
    },
    PlannedFailoverCommitRequired: {
      description: 'Planned failover finished',
      active: 'Primary',
      on: {
        commitFailover: 'PlannedFailoverStatesBegin',
        cancelFailover: 'Protected',
        purgeProtection: gone,
      },
    },
    PlannedFailoverStatesBegin: {
      description: 'Planned failover committed',
      active: 'Primary',
      on: { reprotect: 'Protected', disableProtection: gone, purgeProtection: gone },
    },
  },
  turnsInto: { reprotect: 'InMageRcm' },
  refuses: {
    unplannedFailover: 'A failback is planned: both sides are there. Use planned failover.',
    testFailover:
      'A failback has no test failover: the machine would start at the site that it is returning to.',
    testFailoverCleanup: 'A failback has no test failover, so there is none to clean up.',
    applyRecoveryPoint: reasons.noPointChange,
    completeMigration: reasons.noMigration,
    failback: reasons.noFailback,
    switchProtection: reasons.noSwitchProtection,
    updateProtectedItem:
      'Nothing of a failback item is configurable: the machine returns to where it came from.',
    addDisks: reasons.fixedDisks,
    removeDisks: reasons.fixedDisks,
    switchProvider: reasons.noSwitchProvider,
    updateAppliance: 'The appliance of a failback is chosen by reProtect.',
  },
};
