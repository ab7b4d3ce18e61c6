import { randomUUID } from 'node:crypto';
import type { Ids } from '../ports/ids';

/** Ids from the machine's own randomness. */
export const systemIds: Ids = { uuid: () => randomUUID() };
