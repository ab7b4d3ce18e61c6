import { z } from 'zod';

/** A name or an id. */
export const text = z.string().min(1).max(2048);

/** A name or an id that may be missing; clients write null, or nothing at all, for that. */
export const maybe = z.string().max(4096).nullish();

/** Strings, or nothing. */
export const texts = z.array(text).max(256).nullish();

export const tags = z.record(z.string().max(512), z.string().max(256)).nullish();

/** A disk by id, with where its change logs land and what kind it becomes. */
export const diskInput = z.looseObject({
  diskId: text,
  logStorageAccountId: maybe,
  diskType: maybe,
  diskEncryptionSetId: maybe,
});

/** The multi-VM switch, which policies spell as a word. */
export const multiVmSyncStatus = z.enum(['Enable', 'Disable']);

/** Minutes in 15 days: no policy keeps recovery points longer. */
export const fifteenDaysInMinutes = 21_600;
