import { DeletedItem } from '../../contracts/catalogue/deleted-item';
import type { Resource } from '../../contracts/catalogue/resource';
import { lastName, wireTime } from '../resources/wire-words';

/** A deleted item on the wire. */
export function presentDeleted(resource: Resource): Record<string, unknown> {
  const { friendlyName, itemId, item, deletedAtInMs, purgeAtInMs, hold } = DeletedItem.parse(
    resource.properties,
  );
  return {
    friendlyName,
    instanceType: item.instanceType,
    protectedItemId: itemId,
    protectableItemId: item.protectableItemId ?? null,
    policyId: item.policyId,
    policyFriendlyName: lastName(item.policyId),
    diskCount: item.disks.length,
    deletedTime: wireTime(deletedAtInMs),
    scheduledPurgeTime: wireTime(purgeAtInMs),
    currentScenario: hold === undefined ? null : { scenarioName: hold.scenarioName, jobId: hold.jobId },
  };
}
