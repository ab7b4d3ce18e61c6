import { type Database } from '../../store';

/*
 * The tables. A message's id is its queue's number times 2^40 plus its sequence number, so one B-tree serves lookups,
 * peeking in order and starting up. `due_at` is when the sweeper must look: the moment a scheduled message becomes
 * active, or any other expires.
 */
export const migrations = [
  `CREATE TABLE queues (
     number INTEGER PRIMARY KEY, address TEXT NOT NULL UNIQUE, next_sequence INTEGER NOT NULL
   ) STRICT;
   CREATE TABLE messages (
     id INTEGER PRIMARY KEY, state INTEGER NOT NULL, session_id TEXT, delivery_count INTEGER NOT NULL,
     enqueued_at INTEGER NOT NULL, enqueued_sequence INTEGER NOT NULL, due_at INTEGER, ttl INTEGER,
     durable INTEGER NOT NULL, priority INTEGER, source TEXT, content BLOB NOT NULL
   ) STRICT;
   CREATE INDEX messages_due ON messages (due_at) WHERE due_at IS NOT NULL;
   CREATE INDEX messages_of_session ON messages (session_id, id) WHERE session_id IS NOT NULL;
   CREATE TABLE session_states (
     queue INTEGER NOT NULL, session_id TEXT NOT NULL, state BLOB NOT NULL, PRIMARY KEY (queue, session_id)
   ) STRICT, WITHOUT ROWID;
   CREATE TABLE recent_ids (
     queue INTEGER NOT NULL, message_id TEXT NOT NULL, until INTEGER NOT NULL, PRIMARY KEY (queue, message_id)
   ) STRICT, WITHOUT ROWID;
   CREATE INDEX recent_ids_until ON recent_ids (until);
   CREATE TABLE rules (
     queue INTEGER NOT NULL, name TEXT NOT NULL, filter TEXT NOT NULL, PRIMARY KEY (queue, name)
   ) STRICT, WITHOUT ROWID;`,
];

const queueSpan = 2 ** 40;

export const messageStates = { active: 0, deferred: 1, scheduled: 2 } as const;
export type MessageState = keyof typeof messageStates;
const stateNames: readonly MessageState[] = ['active', 'deferred', 'scheduled'];

export interface MessageRow {
  readonly id: number;
  readonly state: number;
  readonly session_id: string | null;
  readonly delivery_count: number;
  readonly enqueued_at: number;
  readonly enqueued_sequence: number;
  readonly due_at: number | null;
  readonly ttl: number | null;
  readonly durable: number;
  readonly priority: number | null;
  readonly source: string | null;
  readonly content: Uint8Array;
}

export function idOf(queue: number, sequence: number): number {
  return queue * queueSpan + sequence;
}

export function queueOf(id: number): number {
  return Math.floor(id / queueSpan);
}

export function sequenceOf(id: number): number {
  return id % queueSpan;
}

export function stateOf(row: Pick<MessageRow, 'state'>): MessageState {
  return stateNames[row.state] ?? 'active';
}

export function insertMessage(database: Database, row: MessageRow): void {
  database.run(
    'INSERT INTO messages VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)',
    row.id,
    row.state,
    row.session_id,
    row.delivery_count,
    row.enqueued_at,
    row.enqueued_sequence,
    row.due_at,
    row.ttl,
    row.durable,
    row.priority,
    row.source,
    row.content,
  );
}

export function messageById(database: Database, id: number): MessageRow | undefined {
  return database.get<MessageRow>('SELECT * FROM messages WHERE id = ?', id);
}

/** Whether there was one to delete. */
export function deleteMessage(database: Database, id: number): boolean {
  return database.run('DELETE FROM messages WHERE id = ?', id).changes > 0;
}

/** Finds the number and the next sequence number of an address, giving it one if it is new. */
export function claimQueue(
  database: Database,
  address: string,
): { number: number; nextSequence: number; isNew: boolean } {
  const isNew =
    database.run('INSERT OR IGNORE INTO queues (address, next_sequence) VALUES (?, 1)', address).changes > 0;
  const row = database.get<{ number: number; next_sequence: number }>(
    'SELECT number, next_sequence FROM queues WHERE address = ?',
    address,
  );
  if (row === undefined) throw new Error(`the queue ${address} was not stored`);
  return { number: row.number, nextSequence: row.next_sequence, isNew };
}

export function saveNextSequence(database: Database, queue: number, nextSequence: number): void {
  database.run('UPDATE queues SET next_sequence = ? WHERE number = ?', nextSequence, queue);
}

/** Everything of a queue but the contents. */
export function entriesOf(database: Database, queue: number): Omit<MessageRow, 'content'>[] {
  return database.all<Omit<MessageRow, 'content'>>(
    `SELECT id, state, session_id, delivery_count, due_at FROM messages
     WHERE id >= ? AND id < ? AND state <> ${messageStates.scheduled} ORDER BY id`,
    idOf(queue, 0),
    idOf(queue + 1, 0),
  );
}

export interface PeekRange {
  readonly queue: number;
  readonly fromSequence: number;
  readonly count: number;
  readonly sessionId: string | null;
}

export function peekMessages(database: Database, range: PeekRange): MessageRow[] {
  const { queue, fromSequence, count, sessionId } = range;
  const bounds = [idOf(queue, fromSequence), idOf(queue + 1, 0)];
  return sessionId === null
    ? database.all('SELECT * FROM messages WHERE id >= ? AND id < ? ORDER BY id LIMIT ?', ...bounds, count)
    : database.all(
        'SELECT * FROM messages WHERE session_id = ? AND id >= ? AND id < ? ORDER BY id LIMIT ?',
        sessionId,
        ...bounds,
        count,
      );
}

/** Remembers a message id; answers false when it is already remembered. */
export function rememberId(
  database: Database,
  {
    queue,
    messageId,
    now,
    windowInMs,
  }: { queue: number; messageId: string; now: number; windowInMs: number },
): boolean {
  const { changes } = database.run(
    `INSERT INTO recent_ids (queue, message_id, until) VALUES (?, ?, ?)
     ON CONFLICT (queue, message_id) DO UPDATE SET until = excluded.until WHERE recent_ids.until <= ?`,
    queue,
    messageId,
    now + windowInMs,
    now,
  );
  return changes > 0;
}

export function forgetIds(database: Database, now: number): void {
  database.run('DELETE FROM recent_ids WHERE until <= ?', now);
}
