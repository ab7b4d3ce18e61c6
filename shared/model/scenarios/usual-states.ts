import { gone, type Scenario, type State } from './scenario';

const begun = {
  description: 'Enabling protection',
  active: 'Primary',
  on: { disableProtection: gone, purgeProtection: gone },
  happens: { initialCopyDone: 'Protected', enablingFailed: 'EnableProtectionFailed' },
} satisfies State;

/** Enabled in one step: the first copy belongs to it. */
export const enabling: Scenario['states'] = {
  UnprotectedStatesBegin: begun,
  EnableProtectionFailed: {
    description: 'Protection could not be enabled',
    active: 'Primary',
    on: { disableProtection: gone, purgeProtection: gone },
  },
};

/** Enabled before the first copy, which is a state of its own. */
export const enablingThenCopying: Scenario['states'] = {
  ...enabling,
  UnprotectedStatesBegin: {
    ...begun,
    happens: { copyStarted: 'InitialReplicationInProgress', ...begun.happens },
  },
  InitialReplicationInProgress: { ...begun, description: 'Initial replication in progress' },
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
