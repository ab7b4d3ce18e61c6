import { z } from 'zod';
import { AzureEnableInput, AzureSwitchInput } from '../../model/scenarios/a2a';
import { SiteToSiteInput } from '../../model/scenarios/hyperv-replica-2012r2';
import { HyperVEnableInput, HyperVReprotectInput } from '../../model/scenarios/hyperv-replica-azure';
import { SecondarySiteEnableInput, SecondarySiteReprotectInput } from '../../model/scenarios/inmage';
import { ClassicEnableInput, ClassicReprotectInput } from '../../model/scenarios/inmage-azure-v2';
import { ApplianceEnableInput, ApplianceReprotectInput } from '../../model/scenarios/inmage-rcm';
import { FailbackReprotectInput } from '../../model/scenarios/inmage-rcm-failback';
import { instanceTypes, verbs } from '../../model/scenarios/scenario';
import { comments, direction } from './request-fields';

/** What every job of a protected item is started with. */
const ItemJob = z.object({
  jobId: z.uuid(),
  vaultId: z.string(),
  itemId: z.string(),
  scenario: z.enum(instanceTypes),
  /** What the item's state moves by when the job succeeds. */
  verb: z.enum(verbs).or(z.literal('enableProtection')),
});

/** The provider's own part of a request, as it came and was checked against its scenario. */
const provider = z.record(z.string(), z.unknown());

export const EnableInput = z.discriminatedUnion('instanceType', [
  AzureEnableInput,
  HyperVEnableInput,
  SiteToSiteInput,
  ClassicEnableInput,
  SecondarySiteEnableInput,
  ApplianceEnableInput,
]);
export type EnableInput = z.infer<typeof EnableInput>;

/** Job `enableProtection`: the item's record is there, in its scenario's initial state. */
export const EnableProtection = ItemJob.extend({
  policyId: z.string(),
  protectableItemId: z.string().optional(),
  provider: EnableInput,
});
export type EnableProtection = z.infer<typeof EnableProtection>;

/** Job `disableProtection`: the item's record, and everything that was made for it, is gone at the end. */
export const DisableProtection = ItemJob.extend({
  reason: z.enum(['NotSpecified', 'MigrationComplete']),
  provider: provider.optional(),
});
export type DisableProtection = z.infer<typeof DisableProtection>;

/** Job `testFailover`. A point that is absent means the latest. */
export const TestFailover = ItemJob.extend({
  direction,
  /** `VmNetworkAsInput`, `NoNetworkAsInput` or `Create network for TFO`, as the API has it. */
  networkType: z.string().optional(),
  networkId: z.string().optional(),
  recoveryPointId: z.string().optional(),
  comments,
  provider: provider.optional(),
});
export type TestFailover = z.infer<typeof TestFailover>;

/** Job `testFailoverCleanup`. */
export const TestFailoverCleanup = ItemJob.extend({ comments });
export type TestFailoverCleanup = z.infer<typeof TestFailoverCleanup>;

/** Job `plannedFailover`; its verb says whether it is a failback. */
export const PlannedFailover = ItemJob.extend({
  direction,
  recoveryPointId: z.string().optional(),
  comments,
  provider: provider.optional(),
});
export type PlannedFailover = z.infer<typeof PlannedFailover>;

/** Job `unplannedFailover`. */
export const UnplannedFailover = ItemJob.extend({
  direction,
  /** The caller wants the source shut down first, if it can be reached. */
  shutDownSource: z.boolean(),
  recoveryPointId: z.string().optional(),
  comments,
  provider: provider.optional(),
});
export type UnplannedFailover = z.infer<typeof UnplannedFailover>;

/** Job `applyRecoveryPoint`: the failed-over machine is made anew from another point. */
export const ApplyRecoveryPoint = ItemJob.extend({
  recoveryPointId: z.string(),
  comments,
  provider: provider.optional(),
});
export type ApplyRecoveryPoint = z.infer<typeof ApplyRecoveryPoint>;

/** Jobs `commitFailover`, `cancelFailover`, `repairReplication` and `purgeProtection` need nothing more. */
export const PlainItemJob = ItemJob;
export type PlainItemJob = z.infer<typeof PlainItemJob>;

export const ReprotectInput = z.discriminatedUnion('instanceType', [
  HyperVReprotectInput,
  SiteToSiteInput,
  ClassicReprotectInput,
  SecondarySiteReprotectInput,
  ApplianceReprotectInput,
  FailbackReprotectInput,
]);
export type ReprotectInput = z.infer<typeof ReprotectInput>;

/** Job `reprotect`. `newItemId` is there where a new item replaces this one. */
export const Reprotect = ItemJob.extend({ provider: ReprotectInput, newItemId: z.string().optional() });
export type Reprotect = z.infer<typeof Reprotect>;

/** Job `switchProtection`: the item of the recovery container that replaces this one. */
export const SwitchProtection = ItemJob.extend({
  newItemId: z.string(),
  provider: AzureSwitchInput.or(provider).optional(),
});
export type SwitchProtection = z.infer<typeof SwitchProtection>;

/** Jobs `addDisks` and `removeDisks`. */
export const ChangeDisks = ItemJob.extend({ diskIds: z.array(z.string()).min(1), provider });
export type ChangeDisks = z.infer<typeof ChangeDisks>;

/** Job `updateProtectedItem`: what changes, in the API's words. */
export const UpdateProtectedItem = ItemJob.extend({ changes: z.record(z.string(), z.unknown()) });
export type UpdateProtectedItem = z.infer<typeof UpdateProtectedItem>;

/** Job `resolveHealthErrors`. */
export const ResolveHealthErrors = ItemJob.extend({ errorIds: z.array(z.string()) });
export type ResolveHealthErrors = z.infer<typeof ResolveHealthErrors>;

/** Jobs `updateMobilityService`, `updateAppliance` and `switchProvider`: what the request said. */
export const ServiceItemJob = ItemJob.extend({ request: z.record(z.string(), z.unknown()) });
export type ServiceItemJob = z.infer<typeof ServiceItemJob>;

/** The orchestrations of protected items, each with the contract of its input. */
export const itemOrchestrations = {
  enableProtection: EnableProtection,
  disableProtection: DisableProtection,
  testFailover: TestFailover,
  testFailoverCleanup: TestFailoverCleanup,
  plannedFailover: PlannedFailover,
  unplannedFailover: UnplannedFailover,
  applyRecoveryPoint: ApplyRecoveryPoint,
  commitFailover: PlainItemJob,
  cancelFailover: PlainItemJob,
  repairReplication: PlainItemJob,
  reprotect: Reprotect,
  switchProtection: SwitchProtection,
  addDisks: ChangeDisks,
  removeDisks: ChangeDisks,
  updateProtectedItem: UpdateProtectedItem,
  resolveHealthErrors: ResolveHealthErrors,
  updateMobilityService: ServiceItemJob,
  updateAppliance: ServiceItemJob,
  switchProvider: ServiceItemJob,
  purgeProtection: PlainItemJob,
} as const;
export type ItemOrchestration = keyof typeof itemOrchestrations;
