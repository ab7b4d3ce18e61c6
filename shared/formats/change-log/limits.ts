import { LifeboatError } from '../../errors';
import { frameLimit, logDataLimitBytes, unsortedDataLimitBytes, unsortedRecordLimit } from './layout';
import type { Trailer } from './trailer';

/** Refuses a log, while it is written or read, as soon as it holds more than one log may. */
export function expectWithinLimits(counts: Omit<Trailer, 'digest'>, isSorted: boolean): void {
  const { frameCount, recordCount, dataBytes } = counts;
  const fits = isSorted
    ? frameCount <= frameLimit && dataBytes <= logDataLimitBytes
    : recordCount <= unsortedRecordLimit && dataBytes <= unsortedDataLimitBytes;
  if (fits) return;
  throw new LifeboatError(
    'LogOversized',
    `${dataBytes} bytes in ${recordCount} records are too many for ${isSorted ? 'one log' : 'a log that is not sorted'}.`,
  );
}
