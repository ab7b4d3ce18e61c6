import { z } from 'zod';
import { maybe } from './fields';
import { reasons } from './refusals';
import { gone, type Scenario } from './scenario';
import { enablingThenCopying, testing } from './usual-states';

const instanceType = z.enum(['HyperVReplica2012R2', 'HyperVReplica2012']);

/** Everything between two VMM sites is asked for by the instance type alone. */
export const SiteToSiteInput = z.looseObject({ instanceType, recoveryPointId: maybe });

/** A Hyper-V machine from one VMM site to another. */
export const siteToSite: Scenario = {
  instanceType: 'HyperVReplica2012R2',
  aliases: ['HyperVReplica2012'],
  title: 'A Hyper-V machine from one VMM site to another',
  sourceFabrics: ['VMM'],
  target: 'fabric',
  policy: {
    recoveryPoints: { min: 0, max: 24, unit: 'points', default: 0 },
    applicationConsistentSnapshotFrequencyInHours: {
      min: 1,
      max: 12,
      unit: 'hours',
      default: 0,
      zeroTurnsOff: true,
    },
    replicationFrequencyInSeconds: {
      min: 30,
      max: 900,
      unit: 'seconds',
      default: 300,
      oneOf: [30, 300, 900],
    },
    replicationPort: { min: 1, max: 65_535, unit: 'port', default: 8083 },
    allowedAuthenticationType: { min: 1, max: 2, unit: 'kind', default: 1, oneOf: [1, 2] },
  },
  policyInput: z.looseObject({
    compression: z.enum(['Enable', 'Disable']).nullish(),
    initialReplicationMethod: z.enum(['OverNetwork', 'Offline']).nullish(),
    replicaDeletion: z.enum(['Required', 'NotRequired']).nullish(),
    onlineReplicationStartTime: maybe,
    offlineReplicationImportPath: maybe,
    offlineReplicationExportPath: maybe,
  }),
  inputs: {
    enableProtection: SiteToSiteInput,
    plannedFailover: SiteToSiteInput,
    unplannedFailover: SiteToSiteInput,
    testFailover: SiteToSiteInput,
    applyRecoveryPoint: SiteToSiteInput,
    reprotect: SiteToSiteInput,
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
        testFailover: 'TestFailoverCleanupPending',
        disableProtection: gone,
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
        commitFailover: 'PlannedFailoverStatesBegin',
        applyRecoveryPoint: 'PlannedFailoverCommitRequired',
        cancelFailover: 'Protected',
        purgeProtection: gone,
      },
    },
    PlannedFailoverStatesBegin: {
      description: 'Planned failover committed',
      active: 'Recovery',
      on: { reprotect: 'Protected', disableProtection: gone, purgeProtection: gone },
      // With the commit replication turns round by itself, where all is there for it.
      happens: { initialCopyDone: 'Protected' },
    },
    UnplannedFailoverCommitPendingStatesBegin: {
      description: 'Failover completed',
      active: 'Recovery',
      on: {
        commitFailover: 'UnplannedFailoverCommitted',
        applyRecoveryPoint: 'UnplannedFailoverCommitPendingStatesBegin',
        purgeProtection: gone,
      },
    },
    UnplannedFailoverCommitted: {
      description: 'Failover committed',
      active: 'Recovery',
      on: { reprotect: 'Protected', disableProtection: gone, purgeProtection: gone },
    },
  },
  refuses: {
    failback:
      'Between sites there is no failback: reverse the replication with reProtect, then fail over again.',
    switchProtection: reasons.noSwitchProtection,
    completeMigration: reasons.noMigration,
    addDisks: reasons.fixedDisks,
    removeDisks: reasons.fixedDisks,
    updateMobilityService: reasons.noMobilityService,
    switchProvider: reasons.noSwitchProvider,
    updateAppliance: reasons.noAppliance,
  },
};
