import { type Database } from '../../store';
import { type HistoryEvent } from '../replay/history';

export type InstanceStatus = 'Pending' | 'Running' | 'Suspended' | 'Completed' | 'Failed' | 'Terminated';

export const finalStatuses: readonly InstanceStatus[] = ['Completed', 'Failed', 'Terminated'];

export interface InstanceRow {
  readonly id: string;
  readonly name: string;
  readonly execution: string;
  readonly version: string | null;
  readonly status: InstanceStatus;
  readonly input: string | null;
  readonly output: string | null;
  readonly custom_status: string | null;
  readonly created: number;
  readonly updated: number;
  readonly finished: number | null;
  readonly parent_instance: string | null;
  readonly parent_execution: string | null;
  readonly parent_task: number | null;
  /** The end that is decided but waits for open tasks. */
  readonly outcome: string | null;
  /** External events that the execution before this one left unread. */
  readonly carried: string | null;
  readonly is_entity: number;
  readonly entity_state: string | null;
  readonly locked_by: string | null;
  readonly locked_by_execution: string | null;
}

export interface NewInstance {
  readonly id: string;
  readonly name: string;
  readonly execution: string;
  readonly version: string | null;
  readonly input: string | null;
  readonly nowMs: number;
  readonly parent?: { readonly instance: string; readonly execution: string; readonly task: number };
}

export function findInstance(database: Database, id: string): InstanceRow | undefined {
  return database.get<InstanceRow>('SELECT * FROM instance WHERE id = ?', id);
}

export function isFinal(row: InstanceRow): boolean {
  return row.finished !== null;
}

export function insertInstance(database: Database, instance: NewInstance): void {
  const { id, name, execution, version, input, nowMs, parent } = instance;
  database.run(
    `INSERT INTO instance (id, name, execution, version, status, input, created, updated,
       parent_instance, parent_execution, parent_task)
     VALUES (?, ?, ?, ?, 'Pending', ?, ?, ?, ?, ?, ?)`,
    ...[id, name, execution, version, input, nowMs, nowMs],
    ...[parent?.instance ?? null, parent?.execution ?? null, parent?.task ?? null],
  );
}

/** Everything known about an instance goes, so that its id may be used again. */
export function forgetInstance(database: Database, id: string): void {
  database.run('DELETE FROM instance WHERE id = ?', id);
  database.run('DELETE FROM history WHERE instance = ?', id);
  database.run('DELETE FROM inbox WHERE instance = ?', id);
  database.run('DELETE FROM task WHERE instance = ?', id);
}

export function readHistory(database: Database, id: string): HistoryEvent[] {
  return database
    .all<{ events: string }>('SELECT events FROM history WHERE instance = ? ORDER BY turn', id)
    .flatMap(({ events }) => JSON.parse(events) as HistoryEvent[]);
}

export function appendHistory(database: Database, id: string, events: readonly HistoryEvent[]): void {
  database.run(
    `INSERT INTO history (instance, turn, events)
     VALUES (?1, (SELECT coalesce(max(turn), -1) + 1 FROM history WHERE instance = ?1), ?2)`,
    id,
    JSON.stringify(events),
  );
}

/** An entity exists as an instance from the first message it gets. */
export function ensureEntity(database: Database, id: string, nowMs: number): void {
  database.run(
    `INSERT OR IGNORE INTO instance (id, name, execution, status, created, updated, is_entity)
     VALUES (?, ?, '', 'Running', ?, ?, 1)`,
    ...[id, id.slice(0, id.indexOf('@', 1)), nowMs, nowMs],
  );
}
