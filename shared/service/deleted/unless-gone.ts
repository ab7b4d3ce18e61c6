import { isRefusal } from '../../errors';

/** Waits for a change to something that may be gone by now, and then needs no change. */
export async function unlessGone(change: Promise<unknown>): Promise<void> {
  try {
    await change;
  } catch (error) {
    if (!isRefusal(error, 'NotFound', 'PointNotWhole')) throw error;
  }
}
