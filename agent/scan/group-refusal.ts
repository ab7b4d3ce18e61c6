import type { DesiredMarkers } from '../../shared/contracts/agent/desired';
import type { ReplicaReport } from '../../shared/contracts/agent/report';
import type { ProtectedDisk } from '../replica/protected-disk';

const refusal = {
  code: 'ScannedDiskInGroup',
  message:
    'A disk that others write cannot be held while the machines of its group are: the group gets no recovery point',
} as const;

/** Why the group that a disk was put into gets no point, if that is this disk's fault. */
export function groupRefusal(
  disk: ProtectedDisk,
  markers: readonly DesiredMarkers[],
): ReplicaReport['problem'] {
  const replicaId = disk.wish?.replicaId;
  if (!disk.isScanned || replicaId === undefined) return undefined;
  const isInGroup = markers.some(({ group, members }) => group !== undefined && members.includes(replicaId));
  return isInGroup ? refusal : undefined;
}
