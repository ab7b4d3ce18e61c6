import type { ProtectedItem } from '../../contracts/catalogue/protected-item';
import type { Replicas } from '../replicas';
import { unlessGone } from './unless-gone';

/**
 * The points that a deleted machine shares with others of its group are pinned: the retention of the others goes on, and would
 * take them. Points of its own need no pin, since nothing prunes what lies dormant.
 */
export async function pinSharedPoints(
  replicas: Replicas,
  { internalId, disks }: ProtectedItem,
): Promise<void> {
  const replicaIds = disks.map(({ replicaId }) => replicaId);
  for (const pointId of await sharedPoints(replicas, replicaIds)) {
    await unlessGone(replicas.pinPoint(pointId, pinOf(internalId)));
  }
}

/** Safe to repeat; costs nothing for a machine that was in no group. */
export async function unpinSharedPoints(
  replicas: Replicas,
  { internalId, disks, multiVmGroupName }: ProtectedItem,
): Promise<void> {
  if (multiVmGroupName === undefined) return;
  await unpin(
    replicas,
    internalId,
    disks.map(({ replicaId }) => replicaId),
  );
}

/** Safe to repeat. */
export async function unpin(
  replicas: Replicas,
  internalId: string,
  replicaIds: readonly string[],
): Promise<void> {
  for (const pointId of await sharedPoints(replicas, replicaIds)) {
    await unlessGone(replicas.unpinPoint(pointId, pinOf(internalId)));
  }
}

/** Under this name, and not a job's: the pin stays when the job has ended. */
function pinOf(internalId: string): string {
  return `deleted-${internalId}`;
}

async function sharedPoints(replicas: Replicas, replicaIds: readonly string[]): Promise<ReadonlySet<string>> {
  const own = new Set(replicaIds);
  const shared = new Set<string>();
  for (const replicaId of replicaIds) {
    for (const { pointId, state, members } of await replicas.points(replicaId)) {
      if (state === 'listed' && members.some((member) => !own.has(member))) shared.add(pointId);
    }
  }
  return shared;
}
