import { itemOrchestrations, type ItemOrchestration } from '../../contracts/jobs/item-jobs';
import { itemJobKinds } from '../../model/job-kinds';
import type { Verb } from '../../model/scenarios/scenario';
import { acceptJob } from '../../service/jobs/accept-job';
import { requireResource } from '../../service/catalogue/resources';
import type { ApiAnswer } from '../http/exchange';
import { accepted, jobOf, officeOf } from '../jobs/accepted';
import type { Call } from '../operations/call';
import { checkConditions } from '../resources/read';
import { foundItem, refuseForeignVerb, type FoundItem } from './item-of';

export interface VerbPlan {
  readonly verb: Verb;
  readonly orchestration: ItemOrchestration;
  /** What the job is started with beyond what all item jobs are. */
  readonly input: Record<string, unknown>;
  /** What the operation answers in the end: the item, where nothing else is named; null for nothing. */
  readonly resultId?: string | null;
  readonly customDetails?: Record<string, unknown>;
}

/** The item that the path names, after its scenario was asked whether it offers the verb at all. */
export async function itemFor(call: Call, verb: Verb, itemId = call.resourceId): Promise<FoundItem> {
  const { resource, etag } = await requireResource(call.services.records, itemId);
  checkConditions(call, etag);
  const found = foundItem(resource);
  refuseForeignVerb(found, verb);
  return found;
}

/** Accepts a job on a protected item: its state table decides, the item is taken by it, and the job starts. */
export async function startVerb(call: Call, found: FoundItem, plan: VerbPlan): Promise<ApiAnswer> {
  const { resource, item } = found;
  const kind = itemJobKinds[plan.orchestration];
  const job = jobOf(call, {
    scenarioName: kind.scenarioName,
    friendlyName: kind.friendlyName,
    targetInstanceType: 'ProtectionEntity',
    orchestration: plan.orchestration,
    targetId: resource.id,
    targetObjectName: item.friendlyName,
    input: (jobId) => {
      const common = {
        jobId,
        vaultId: call.vaultId,
        itemId: resource.id,
        scenario: item.scenario,
        verb: plan.verb,
      };
      return itemOrchestrations[plan.orchestration].parse({ ...common, ...plan.input });
    },
  });
  const record = await acceptJob(
    officeOf(call),
    {
      ...job,
      targetObjectId: item.internalId,
      verb: plan.verb,
      tasks: kind.tasks,
      affectedObjectDetails: affected(item),
      ...(plan.resultId === null ? {} : { resultId: plan.resultId ?? resource.id }),
      ...(plan.customDetails === undefined ? {} : { customDetails: plan.customDetails }),
    },
    { item: resource.id, verb: plan.verb },
  );
  return accepted(call, record);
}

/** What the job's custom details say of the machine. */
export function affected(item: FoundItem['item']): Record<string, string> {
  return {
    primaryVmId: item.internalId,
    primaryVmName: item.friendlyName,
    protectionProfileId: item.policyId,
    primaryFabricProvider: item.primaryFabricKind ?? '',
    recoveryCloudId: item.recoveryContainerId ?? '',
  };
}
