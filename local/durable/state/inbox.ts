import { type Database } from '../../store';
import { type HistoryEvent } from '../replay/history';
import { type Changes } from './changes';

/** A message on its way to an instance. A timer is a message that is not due yet. */
export interface Message {
  readonly instance: string;
  /** Only for this execution of the instance; for any, if absent. */
  readonly execution?: string;
  readonly dueMs?: number | undefined;
  /** The orchestration that asks an entity. */
  readonly sender?: string;
  readonly event: HistoryEvent;
}

export interface InboxRow {
  readonly sequence: number;
  readonly execution: string | null;
  readonly due: number | null;
  readonly sender: string | null;
  readonly event: HistoryEvent;
}

type StoredRow = Omit<InboxRow, 'event'> & { readonly event: string };

export function post(database: Database, changes: Changes, message: Message): void {
  const { instance, execution, dueMs, sender, event } = message;
  database.run(
    'INSERT INTO inbox (instance, execution, due, sender, event) VALUES (?, ?, ?, ?, ?)',
    ...[instance, execution ?? null, dueMs ?? null, sender ?? null, JSON.stringify(event)],
  );
  if (dueMs === undefined) changes.wake(instance);
  else changes.wakeAt(dueMs);
}

/** The sender of suspend, resume and terminate. They overtake everything. */
export const control = 'control';

/** What an instance has to read now: first what arrived, in order of arrival, then timers, in order of their time. */
export function readInbox(database: Database, instance: string, nowMs: number, limit: number): InboxRow[] {
  return database
    .all<StoredRow>(
      `SELECT sequence, execution, due, sender, event FROM inbox WHERE instance = ? AND (due IS NULL OR due <= ?)
       ORDER BY sender IS NOT '${control}', due IS NOT NULL, due, sequence LIMIT ?`,
      ...[instance, nowMs, limit],
    )
    .map((row) => ({ ...row, event: JSON.parse(row.event) as HistoryEvent }));
}

/** What the owner of a lock sent: it goes before everybody else's. */
export function readInboxFrom(
  database: Database,
  instance: string,
  sender: string,
  limit: number,
): InboxRow[] {
  return database
    .all<StoredRow>(
      `SELECT sequence, execution, due, sender, event FROM inbox WHERE instance = ? AND sender = ?
       ORDER BY sequence LIMIT ?`,
      ...[instance, sender, limit],
    )
    .map((row) => ({ ...row, event: JSON.parse(row.event) as HistoryEvent }));
}

export function take(database: Database, rows: readonly { readonly sequence: number }[]): void {
  for (const { sequence } of rows) database.run('DELETE FROM inbox WHERE sequence = ?', sequence);
}

export function cancelTimer(
  database: Database,
  { instance, execution }: { readonly instance: string; readonly execution: string },
  timerId: number,
): void {
  database.run(
    `DELETE FROM inbox WHERE instance = ? AND execution = ? AND due IS NOT NULL
     AND json_extract(event, '$.TimerId') = ?`,
    ...[instance, execution, timerId],
  );
}

/** Whoever has something to read now. */
export function instancesWithMail(database: Database, nowMs: number): string[] {
  return database
    .all<{ instance: string }>('SELECT DISTINCT instance FROM inbox WHERE due IS NULL OR due <= ?', nowMs)
    .map(({ instance }) => instance);
}

/** Whoever has a message that waited for its time, which has come. */
export function instancesDue(database: Database, nowMs: number): string[] {
  return database
    .all<{ instance: string }>(
      'SELECT DISTINCT instance FROM inbox WHERE due IS NOT NULL AND due <= ?',
      nowMs,
    )
    .map(({ instance }) => instance);
}

export function nextDue(database: Database, nowMs: number): number | undefined {
  return (
    database.get<{ due: number | null }>(
      'SELECT min(due) AS due FROM inbox WHERE due IS NOT NULL AND due > ?',
      nowMs,
    )?.due ?? undefined
  );
}
