/** A job as people see it: Site Recovery's name, what it is called, and its steps in order. */
export interface JobKind {
  readonly scenarioName: string;
  readonly friendlyName: string;
  readonly tasks: readonly {
    readonly taskId: string;
    readonly name: string;
    readonly friendlyName: string;
  }[];
}

function kind(
  scenarioName: string,
  friendlyName: string,
  tasks: readonly (readonly [string, string, string])[],
): JobKind {
  return {
    scenarioName,
    friendlyName,
    tasks: tasks.map(([taskId, name, words]) => ({ taskId, name, friendlyName: words })),
  };
}

/** The jobs of protected items, by orchestration. The task ids are what `startTask` and `endTask` take. */
export const itemJobKinds = {
  enableProtection: kind('EnableDr', 'Enable replication', [
    [
      'EnableProtectionPreflightChecksTask',
      'EnableProtectionPrerequisitesCheck',
      'Prerequisites check for enabling protection',
    ],
    ['CreateProtectionTargetTask', 'CreateProtectionTarget', 'Identifying the replication target'],
    ['EnableProtectionTask', 'EnableProtection', 'Enable replication'],
    ['StartInitialReplicationTask', 'VmStartInitialReplication', 'Starting initial replication'],
    ['UpdateDraStateTask', 'UpdateDraState', 'Updating the provider states'],
  ]),
  disableProtection: kind('DisableDr', 'Disable replication', [
    [
      'DisableProtectionPreflightChecksTask',
      'DisableProtectionPrerequisitesCheck',
      'Prerequisites check for disabling protection',
    ],
    ['DisableProtectionTask', 'DisableProtection', 'Disable replication'],
    ['CleanupProtectionTask', 'CleanupProtection', 'Removing what protection left'],
  ]),
  testFailover: kind('TestFailover', 'Test failover', [
    ['TestFailoverPreflightChecksTask', 'VmTfoPrerequisitesCheck', 'Prerequisites check for test failover'],
    ['BeginTestFailoverTask', 'VmTfoInitiateFailover', 'Initiate failover'],
    ['PrepareTestProtectedEntitiesTask', 'VmTfoPrepareTestVm', 'Create test virtual machine'],
    ['BootTestProtectedEntitiesTask', 'VmTfoBootTestVm', 'Start the virtual machine'],
  ]),
  testFailoverCleanup: kind('TestFailoverCleanup', 'Test failover cleanup', [
    [
      'TestFailoverCleanupPreflightChecksTask',
      'VmTfoCleanupPreflightsCheck',
      'Prerequisites check for test failover cleanup',
    ],
    ['EndTestFailoverTask', 'VmTfoEndFailover', 'Complete test failover'],
    ['CleanupTestProtectedEntitiesTask', 'VmTfoDeleteTestVm', 'Cleanup of test virtual machine'],
  ]),
  plannedFailover: kind('PlannedFailover', 'Planned failover', [
    [
      'PlannedFailoverPreflightChecksTask',
      'VmPfoPrerequisitesCheck',
      'Prerequisites check for planned failover',
    ],
    ['ShutdownVmOnPrimary', 'VmShutdownVmOnPrimary', 'Shutting down the virtual machine'],
    ['PrepareForFailoverTask', 'VmPrepareForFailover', 'Preparing for failover'],
    ['FailoverTask', 'VmFailover', 'Starting failover'],
    ['StartVmOnSecondary', 'VmFoStartVmOnSecondary', 'Starting the replica virtual machine'],
  ]),
  unplannedFailover: kind('UnplannedFailover', 'Failover', [
    ['UnplannedFailoverPreflightChecksTask', 'VmUfoPrerequisitesCheck', 'Prerequisites check for failover'],
    ['ShutdownVmOnPrimaryForUFO', 'VmShutdownVmOnPrimary', 'Shutting down the virtual machine'],
    ['PrepareForUnPlannedFailoverTask', 'VmPrepareForFailover', 'Synchronizing the latest changes'],
    ['FailoverTask', 'VmFailover', 'Start failover'],
    ['StartVmOnSecondary', 'VmFoStartVmOnSecondary', 'Start the replica virtual machine'],
  ]),
  applyRecoveryPoint: kind('ChangePit', 'Change recovery point', [
    [
      'ChangePitPreflightChecksTask',
      'VmChangePitPrerequisitesCheck',
      'Prerequisites check for changing the recovery point',
    ],
    ['ApplyRecoveryPointTask', 'VmApplyRecoveryPoint', 'Applying the recovery point'],
  ]),
  commitFailover: kind('CommitFailover', 'Commit', [
    ['VmCommitPrerequisitesCheck', 'VmCommitPrerequisitesCheck', 'Prerequisites check for commit'],
    ['VmCommit', 'VmCommit', 'Commit'],
  ]),
  cancelFailover: kind('CancelFailover', 'Cancel failover', [
    ['CancelFailoverTask', 'VmCancelFailover', 'Cancelling the failover'],
  ]),
  repairReplication: kind('RepairReplication', 'Resynchronize', [
    [
      'RepairReplicationPreflightChecksTask',
      'VmRepairPrerequisitesCheck',
      'Prerequisites check for resynchronization',
    ],
    ['StartResynchronizationTask', 'VmStartResynchronization', 'Starting resynchronization'],
  ]),
  reprotect: kind('ReverseReplication', 'Reverse replication', [
    [
      'ReverseReplicationPreflightChecksTask',
      'VmReversePrerequisitesCheck',
      'Prerequisites check for reversing replication',
    ],
    ['ReverseReplicationTask', 'VmReverseReplication', 'Reversing replication'],
    ['StartReverseSynchronizationTask', 'VmStartReverseSynchronization', 'Starting synchronization'],
  ]),
  switchProtection: kind('SwitchReplicationGroupProtection', 'Reprotect', [
    [
      'SwitchReplicationGroupProtectionPreflightTask',
      'SwitchProtectionPrerequisitesCheck',
      'Prerequisites check for reprotect',
    ],
    ['CommitFailoverTask', 'VmCommit', 'Commit the failover'],
    ['DiscoverReplicaTask', 'DiscoverReplica', 'Discovering the failed over virtual machine'],
    [
      'GetSwitchProtectionRequirementsTask',
      'GetSwitchProtectionRequirements',
      'Gathering what protection needs',
    ],
    ['ProtectReplicaTask', 'ProtectReplica', 'Enable replication in the other direction'],
  ]),
  addDisks: kind('AddDisks', 'Add disks', [['AddDisksTask', 'AddDisks', 'Adding disks to replication']]),
  removeDisks: kind('RemoveDisks', 'Remove disks', [
    ['RemoveDisksTask', 'RemoveDisks', 'Removing disks from replication'],
  ]),
  updateProtectedItem: kind('UpdateVmProperties', 'Update the virtual machine', [
    ['UpdateVmPropertiesTask', 'UpdateVmProperties', 'Updating the settings of the virtual machine'],
  ]),
  resolveHealthErrors: kind('ResolveHealthErrors', 'Resolve health errors', [
    ['ResolveHealthErrorsTask', 'ResolveHealthErrors', 'Resolving health errors'],
  ]),
  updateMobilityService: kind('UpdateMobilityService', 'Update mobility service', [
    ['UpdateMobilityServiceTask', 'UpdateMobilityService', 'Updating the mobility service'],
  ]),
  updateAppliance: kind('UpdateAppliance', 'Change appliance', [
    ['UpdateApplianceTask', 'UpdateAppliance', 'Changing the appliance'],
  ]),
  switchProvider: kind('SwitchProvider', 'Switch provider', [
    ['SwitchProviderTask', 'SwitchProvider', 'Switching the replication provider'],
  ]),
  purgeProtection: kind('PurgeProtection', 'Remove without clean-up', [
    ['PurgeProtectionTask', 'PurgeProtection', 'Removing the protected item'],
  ]),
} as const;

/** The jobs of deleted items, by orchestration. */
export const deletedItemJobKinds = {
  undeleteProtection: kind('UndeleteProtection', 'Undelete protected item', [
    ['UndeletePreflightChecksTask', 'UndeletePrerequisitesCheck', 'Prerequisites check for undeleting'],
    ['RestoreProtectionTask', 'RestoreProtection', 'Restoring replicas and recovery points'],
  ]),
  purgeDeletedItem: kind('PurgeDeletedItem', 'Purge deleted item', [
    ['PurgeDeletedItemTask', 'PurgeDeletedItem', 'Removing replicas and recovery points'],
  ]),
} as const;

/** When the first copy is done a job of its own says so; scripts wait for these names. */
export const finalizeJobKinds = {
  PrimaryIrCompletion: kind('PrimaryIrCompletion', 'Finalize protection on the primary virtual machine', [
    ['FinalizePrimaryTask', 'FinalizePrimary', 'Finalizing protection'],
  ]),
  SecondaryIrCompletion: kind(
    'SecondaryIrCompletion',
    'Finalize protection on the recovery virtual machine',
    [['FinalizeSecondaryTask', 'FinalizeSecondary', 'Finalizing protection']],
  ),
  IrCompletion: kind('IrCompletion', 'Finalize protection', [
    ['FinalizeProtectionTask', 'FinalizeProtection', 'Finalizing protection'],
  ]),
} as const;

/** The jobs of recovery plans, by orchestration. Their tasks are the plan's groups, written by the job itself. */
export const planJobKinds = {
  planTestFailover: kind('TestFailover', 'Test failover', []),
  planTestFailoverCleanup: kind('TestFailoverCleanup', 'Test failover cleanup', []),
  planPlannedFailover: kind('PlannedFailover', 'Planned failover', []),
  planUnplannedFailover: kind('UnplannedFailover', 'Failover', []),
  planCommitFailover: kind('CommitFailover', 'Commit', []),
  planReprotect: kind('ReprotectReplicationGroup', 'Reprotect', []),
  planCancelFailover: kind('CancelFailover', 'Cancel failover', []),
} as const;
