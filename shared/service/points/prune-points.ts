import type { PointManifest } from '../../contracts/replication/point-manifest';
import type { ReplicaPolicy } from '../../contracts/replication/replica-policy';
import { pointsToPrune } from '../../model/points/retention';
import { withoutPauses } from '../../model/soft-delete';
import type { ReplicationPorts } from '../replication-ports';
import { manifestsOf } from './manifests';
import { beginPruning, removePoint } from './remove-point';

/** Removes the points of a replica that its policy does not keep, and what earlier tries left half removed. */
export async function prunePoints(
  ports: ReplicationPorts,
  replicaId: string,
  policy: ReplicaPolicy,
): Promise<void> {
  const manifests = await manifestsOf(ports.documents, replicaId);
  const listed = manifests.filter(({ state }) => state === 'listed').map((each) => asKept(each, policy));
  for (const { pointId } of pointsToPrune(listed, policy.retention)) {
    if (await beginPruning(ports, pointId)) await removePoint(ports, pointId);
  }
  for (const { pointId, state } of manifests) {
    if (state === 'pruning' || state === 'void') await removePoint(ports, pointId);
  }
}

function asKept(
  { pointId, kind, timeInMs, pins }: PointManifest,
  { pauses }: ReplicaPolicy,
): {
  readonly pointId: string;
  readonly kind: 'crash' | 'app';
  readonly timeInMs: number;
  readonly isPinned: boolean;
} {
  return { pointId, kind, timeInMs: withoutPauses(timeInMs, pauses), isPinned: pins.length > 0 };
}
