import { gone, type Scenario } from './scenario';

/** Enabled in one step: the first copy belongs to it. */
export const enabling: Scenario['states'] = {
  UnprotectedStatesBegin: {
    description: 'Enabling protection',
    active: 'Primary',
    on: { disableProtection: gone, purgeProtection: gone },
    happens: { initialCopyDone: 'Protected', enablingFailed: 'EnableProtectionFailed' },
  },
  EnableProtectionFailed: {
    description: 'Protection could not be enabled',
    active: 'Primary',
    on: { disableProtection: gone, purgeProtection: gone },
  },
};

/** Enabled before the first copy, which is a state of its own. */
export const enablingThenCopying: Scenario['states'] = {
  UnprotectedStatesBegin: {
    description: 'Enabling protection',
    active: 'Primary',
    on: { disableProtection: gone, purgeProtection: gone },
    happens: {
      copyStarted: 'InitialReplicationInProgress',
      initialCopyDone: 'Protected',
      enablingFailed: 'EnableProtectionFailed',
    },
  },
  InitialReplicationInProgress: {
    description: 'Initial replication in progress',
    active: 'Primary',
    on: { disableProtection: gone, purgeProtection: gone },
    happens: { initialCopyDone: 'Protected', enablingFailed: 'EnableProtectionFailed' },
  },
  EnableProtectionFailed: {
    description: 'Protection could not be enabled',
    active: 'Primary',
    on: { disableProtection: gone, purgeProtection: gone },
  },
};

/** A test failover waits for its clean-up; the machine stays protected. */
export const testing: Scenario['states'] = {
  TestFailoverCleanupPending: {
    protectionState: 'Protected',
    description: 'Cleanup test failover pending',
    active: 'Primary',
    testFailover: 'WaitingForCompletion',
    on: { testFailoverCleanup: 'Protected', purgeProtection: gone },
  },
};

/** Failed over, and not committed yet: another point may be chosen. */
export const failedOver: Scenario['states'] = {
  UnplannedFailoverCommitPendingStatesBegin: {
    description: 'Failover completed',
    active: 'Recovery',
    on: {
      completeMigration: gone,
      commitFailover: 'UnplannedFailoverCommitted',
      disableProtection: gone,
      applyRecoveryPoint: 'UnplannedFailoverCommitPendingStatesBegin',
      purgeProtection: gone,
    },
  },
};
