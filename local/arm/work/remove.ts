import { keyOf, type Resource } from '../data/resource';
import { dropResource, findResource, listResources } from '../data/resources';
import { conflict } from '../failure';
import { kindOf, removalOrder } from '../kinds';
import { type diskInner } from '../kinds/disks';
import { machineType } from '../kinds/machine-properties';
import type { Cloud } from './cloud';
import { roomName } from './run-machine';

/** Removes one resource: what runs is stopped first, its bytes go last. */
export async function removeResource(cloud: Cloud, resource: Resource): Promise<void> {
  if (resource.type === machineType) await cloud.room.stop(roomName(resource));
  await cloud.store.write((database) => {
    const now = findResource(database, resource.id);
    if (now === undefined) return;
    const kind = kindOf(now.type);
    kind?.checkRemoval?.(database, now);
    kind?.removed?.(database, now);
    dropResource(database, now.id);
  });
  const inner = resource.inner as Partial<ReturnType<typeof diskInner>> | undefined;
  if (inner?.disk !== undefined) await cloud.shelf.remove(inner.disk);
}

/** Removes a group with all that is in it, users before what they use. */
export async function removeGroup(cloud: Cloud, group: Resource): Promise<void> {
  const inside = cloud.store.read((database) => listResources(database, group.id));
  const rank = ({ type }: Resource): number => {
    const index = removalOrder.indexOf(type.toLowerCase());
    return index < 0 ? removalOrder.length : index;
  };
  for (const resource of inside.toSorted((left, right) => rank(left) - rank(right))) {
    await removeResource(cloud, resource);
  }
  await cloud.store.write((database) => {
    const left = listResources(database, group.id);
    if (left.length > 0)
      throw conflict('ResourceGroupDeletionBlocked', `${left[0]?.id ?? ''} is still there.`);
    dropResource(database, keyOf(group.id));
  });
}
