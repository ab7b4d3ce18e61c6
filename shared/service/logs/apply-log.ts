import { isRefusal } from '../../errors';
import { closedNumber, nextPosition, openNumber, type Position } from '../../model/position';
import type { TransferCosts } from '../../model/writes/plan-writes';
import type { ReplicaDisk, ReplicaState } from '../../ports/replica-disk';
import { applyExtents } from '../apply-extents';
import type { VerifiedLog } from './verified-log';

/**
 * Opens the disk for the log after `at`, writes the log, closes. Safe to repeat from any point, and beside another that
 * does the same. Undefined when the disk turns out to have moved on: the caller reads it again and decides.
 */
export async function applyLog(
  disk: ReplicaDisk,
  log: VerifiedLog,
  { at, costs }: { readonly at: Position; readonly costs?: TransferCosts },
): Promise<ReplicaState | undefined> {
  const atNumber = openNumber(at);
  const opened = await disk.raise(atNumber);
  if (opened.number !== atNumber) return undefined;
  try {
    await applyExtents(disk, log, { atNumber, ...(costs === undefined ? {} : { costs }) });
  } catch (error) {
    if (isRefusal(error, 'StaleWriter')) return undefined;
    throw error;
  }
  const reached = closedNumber(nextPosition(at));
  const closed = await disk.raise(reached);
  return closed.number === reached ? closed : undefined;
}
