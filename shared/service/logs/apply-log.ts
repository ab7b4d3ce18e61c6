import { isRefusal } from '../../errors';
import { closedNumber, nextPosition, openNumber, type Position } from '../../model/position';
import type { ReplicaDisk, ReplicaState } from '../../ports/replica-disk';
import { applyExtents, type ApplyOptions } from '../apply-extents';
import type { VerifiedLog } from './verified-log';

export type ApplyWays = Pick<ApplyOptions, 'costs' | 'buffers'>;

/**
 * Opens the disk for the log after `at`, writes the log, closes. Safe to repeat from any point, and beside another that
 * does the same. Undefined when the disk turns out to have moved on: the caller reads it again and decides.
 */
export async function applyLog(
  disk: ReplicaDisk,
  log: VerifiedLog,
  { at, ...ways }: { readonly at: Position } & ApplyWays,
): Promise<ReplicaState | undefined> {
  const atNumber = openNumber(at);
  const opened = await disk.raise(atNumber);
  if (opened.number !== atNumber) return undefined;
  try {
    await applyExtents(disk, log, { atNumber, ...ways });
  } catch (error) {
    if (isRefusal(error, 'StaleWriter')) return undefined;
    throw error;
  }
  const reached = closedNumber(nextPosition(at));
  const closed = await disk.raise(reached);
  return closed.number === reached ? closed : undefined;
}
