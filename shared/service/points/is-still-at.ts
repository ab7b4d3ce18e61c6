import { isRefusal } from '../../errors';
import { closedNumber, type Position } from '../../model/position';
import type { ReplicaDisks } from '../../ports/replica-disks';

/** Whether a replica stands closed at a position now. One that is gone stands nowhere. */
export async function isStillAt(
  disks: ReplicaDisks,
  replicaId: string,
  position: Position,
): Promise<boolean> {
  try {
    const { number } = await disks.open(replicaId).state();
    return number === closedNumber(position);
  } catch (error) {
    if (isRefusal(error, 'NotFound')) return false;
    throw error;
  }
}
