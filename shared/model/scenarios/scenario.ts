import type { z } from 'zod';

/** The ways of replicating that protected items name as their own, as Site Recovery spells them. */
export const instanceTypes = [
  'A2A',
  'HyperVReplicaAzure',
  'HyperVReplica2012R2',
  'InMageAzureV2',
  'InMage',
  'InMageRcm',
  'InMageRcmFailback',
] as const;
export type InstanceType = (typeof instanceTypes)[number];

/** Everything that can be asked of a protected item. */
export const verbs = [
  'repairReplication',
  'plannedFailover',
  'unplannedFailover',
  'completeMigration',
  'commitFailover',
  'disableProtection',
  'applyRecoveryPoint',
  'cancelFailover',
  'failback',
  'reprotect',
  'switchProtection',
  'testFailover',
  'testFailoverCleanup',
  'updateProtectedItem',
  'addDisks',
  'removeDisks',
  'resolveHealthErrors',
  'updateMobilityService',
  'switchProvider',
  'updateAppliance',
  'purgeProtection',
] as const;
export type Verb = (typeof verbs)[number];

/** What an item's `allowedOperations` calls each verb. A verb that is not here is allowed silently. */
export const publicNames: Partial<Record<Verb, string>> = {
  repairReplication: 'RepairReplication',
  plannedFailover: 'PlannedFailover',
  unplannedFailover: 'UnplannedFailover',
  completeMigration: 'CompleteMigration',
  commitFailover: 'Commit',
  disableProtection: 'DisableProtection',
  applyRecoveryPoint: 'ChangePit',
  cancelFailover: 'CancelFailover',
  failback: 'Failback',
  reprotect: 'ReverseReplicate',
  switchProtection: 'SwitchProtection',
  testFailover: 'TestFailover',
  testFailoverCleanup: 'TestFailoverCleanup',
};

/** What happens to an item without anybody asking. */
export type Happening = 'copyStarted' | 'initialCopyDone' | 'enablingFailed';

/** The item's record ends with this. */
export const gone = 'gone';

export interface State {
  /** Site Recovery's word, where several states of ours share one. */
  readonly protectionState?: string;
  readonly description: string;
  /** Where the machine runs. */
  readonly active: 'Primary' | 'Recovery';
  readonly testFailover?: 'WaitingForCompletion';
  /** Each verb that may start here, and the state that it ends in when it succeeds. */
  readonly on: Partial<Record<Verb, string>>;
  /** Verbs that may start here only while the item needs a resync. */
  readonly whenResyncRequired?: readonly Verb[];
  readonly happens?: Partial<Record<Happening, string>>;
}

export interface Limit {
  readonly min: number;
  readonly max: number;
  readonly unit: string;
  readonly default: number;
  /** Zero is taken too, and turns the thing off. */
  readonly zeroTurnsOff?: boolean;
  /** Only these, where the source knows only these. */
  readonly oneOf?: readonly number[];
}

/** One way of replicating: what it allows, in which states, with which inputs, and why it refuses the rest. */
export interface Scenario {
  readonly instanceType: InstanceType;
  readonly aliases: readonly string[];
  readonly title: string;
  /** Fabrics that its machines may live in. */
  readonly sourceFabrics: readonly string[];
  readonly target: 'azure' | 'fabric';
  readonly policy: Readonly<Record<string, Limit>>;
  readonly policyInput: z.ZodType<object>;
  readonly inputs: Partial<Record<Verb | 'enableProtection', z.ZodType<object>>>;
  /** The state an item is born in. */
  readonly initial: string;
  readonly states: Readonly<Record<string, State>>;
  /** What the item becomes when the verb succeeds: the pair has turned round. */
  readonly turnsInto?: Partial<Record<Verb, InstanceType>>;
  /** Why each verb that no state allows is not offered at all. */
  readonly refuses: Partial<Record<Verb, string>>;
}
