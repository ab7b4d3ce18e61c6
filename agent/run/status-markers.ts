import { z } from 'zod';
import type { DesiredState } from '../../shared/contracts/agent/desired';

/** How often the disks of a machine, or of a group of machines, come to a recovery point together. */
export const StatusMarkers = z.object({
  diskIds: z.array(z.string()),
  otherMachines: z.int().nonnegative(),
  crashIntervalInMs: z.int().positive(),
  appIntervalInMs: z.int().positive().optional(),
});
export type StatusMarkers = z.infer<typeof StatusMarkers>;

/**
 * The markers that an agent is to cut, as it leaves them for people to read. Disks that others write are read as often as their owner
 * says, whatever the policy does.
 */
export function statusMarkers(
  wish: Pick<DesiredState, 'markers' | 'replicas'> | undefined,
  scannedEveryInMs?: number,
): StatusMarkers[] {
  const diskIds = new Map(wish?.replicas.map(({ replicaId, diskId }) => [replicaId, diskId]));
  return (wish?.markers ?? []).map(({ members, group, crashIntervalInMs, appIntervalInMs }) => ({
    diskIds: members.flatMap((replicaId) => diskIds.get(replicaId) ?? []).toSorted(),
    otherMachines: Math.max(0, (group?.members.length ?? 1) - 1),
    crashIntervalInMs: scannedEveryInMs ?? crashIntervalInMs,
    ...(appIntervalInMs === undefined ? {} : { appIntervalInMs }),
  }));
}
