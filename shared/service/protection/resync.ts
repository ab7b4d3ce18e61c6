import type { DesiredReplica } from '../../contracts/agent/desired';
import type { ProtectedItem } from '../../contracts/catalogue/protected-item';
import { LifeboatError } from '../../errors';
import { changeWish } from './change-wish';
import { feederOf } from './feeder-of';
import type { ProtectionPorts } from './protection-ports';

export interface Resync {
  readonly itemId: string;
  readonly item: ProtectedItem;
  /** Only these; all disks where none is named. */
  readonly replicaIds?: readonly string[];
  readonly reason: string;
  readonly job: string;
}

/**
 * Compares disks with their replicas anew: only what differs is sent. Recovery points stay as they are, and new ones come once
 * the comparison has ended. Asking again with the same job changes nothing.
 */
export async function startResync(ports: ProtectionPorts, resync: Resync): Promise<void> {
  const { itemId, item, reason, job } = resync;
  const chosen = item.disks.filter(
    ({ replicaId }) => resync.replicaIds === undefined || resync.replicaIds.includes(replicaId),
  );
  if ((await feederOf(ports.records, itemId, item)) === undefined) {
    throw new LifeboatError('AgentMissing', 'No agent speaks for the machine.', { target: itemId });
  }
  const started = new Map<string, { epoch: number; chainHead: string }>();
  for (const { replicaId } of chosen) {
    started.set(replicaId, await ports.replicas.startEpoch({ replicaId, kind: 'rebase', reason, job }));
  }
  await changeWish(ports, { itemId, item }, (wish) => ({
    ...wish,
    isSettled: false,
    replicas: wish.replicas.map((replica) => resynced(replica, started.get(replica.replicaId))),
  }));
}

/** An older start never undoes a newer one. */
function resynced(
  replica: DesiredReplica,
  started: { epoch: number; chainHead: string } | undefined,
): DesiredReplica {
  if (started === undefined || started.epoch <= replica.epoch) return replica;
  const { epoch, chainHead } = started;
  return { ...replica, mode: 'resync', epoch, chainHead, mayCopy: true };
}
