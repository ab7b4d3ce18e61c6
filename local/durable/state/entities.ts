import { z } from 'zod';
import { type Database } from '../../store';
import { EventType, historyEvent } from '../replay/history';
import { type Changes } from './changes';
import { post } from './inbox';
import { ensureEntity, type InstanceRow } from './instances';

/** What an entity remembers between batches. */
export const EntityState = z.object({ exists: z.boolean(), state: z.string().nullable() });
export type EntityState = z.infer<typeof EntityState>;

const nothingYet: EntityState = { exists: false, state: null };

export function entityStateOf(row: InstanceRow): EntityState {
  return row.entity_state === null ? nothingYet : EntityState.parse(JSON.parse(row.entity_state));
}

export interface Signal {
  readonly entity: string;
  readonly operation: string;
  /** JSON text. */
  readonly input?: string;
  readonly nowMs: number;
  readonly dueMs?: number | undefined;
}

/** Sends an operation that nobody waits for. */
export function signalEntity(database: Database, changes: Changes, signal: Signal): void {
  const { entity, operation, input, nowMs, dueMs } = signal;
  ensureEntity(database, entity, nowMs);
  post(database, changes, {
    instance: entity,
    dueMs,
    event: historyEvent(EventType.EventRaised, nowMs, {
      Name: 'op',
      Input: JSON.stringify({ op: operation, signal: true, input }),
    }),
  });
}

/** An entity without a state, a lock or mail is as if it had never been. */
export function forgetIfNothing(database: Database, id: string, { exists }: EntityState): void {
  if (exists) return;
  database.run(
    `DELETE FROM instance WHERE id = ?1 AND locked_by IS NULL
     AND NOT EXISTS (SELECT 1 FROM inbox WHERE instance = ?1)`,
    id,
  );
}
