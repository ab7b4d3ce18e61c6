import { z } from 'zod';
import { amqp } from '../encoding/amqp-types';
import { type MessageQueue } from '../queues/message-queue';
import { sessionId } from './fields';
import { bodyOf, type ManagementAnswer } from './request';

const Session = z.object({ 'session-id': sessionId });

export function renewSessionLock(queue: MessageQueue, body: unknown): ManagementAnswer {
  const expiresAtMs = queue.sessions.renew(bodyOf(Session, body)['session-id']);
  return { status: 200, body: { expiration: amqp.wrap_timestamp(expiresAtMs) } };
}

export function getSessionState(queue: MessageQueue, body: unknown): ManagementAnswer {
  const { 'session-id': id } = bodyOf(Session, body);
  queue.sessions.requireHeld(id);
  const row = queue.context.store.read((database) =>
    database.get<{ state: Uint8Array }>(
      'SELECT state FROM session_states WHERE queue = ? AND session_id = ?',
      queue.number,
      id,
    ),
  );
  return { status: 200, body: { 'session-state': row === undefined ? null : Buffer.from(row.state) } };
}

const SetState = z.object({ 'session-id': sessionId, 'session-state': z.instanceof(Buffer).nullish() });

export async function setSessionState(queue: MessageQueue, body: unknown): Promise<ManagementAnswer> {
  const { 'session-id': id, 'session-state': state } = bodyOf(SetState, body);
  queue.sessions.requireHeld(id);
  await queue.context.store.write((database) =>
    state === null || state === undefined
      ? database.run('DELETE FROM session_states WHERE queue = ? AND session_id = ?', queue.number, id)
      : database.run(
          'INSERT OR REPLACE INTO session_states (queue, session_id, state) VALUES (?, ?, ?)',
          queue.number,
          id,
          state,
        ),
  );
  return { status: 200 };
}

const List = z.object({ skip: z.int().min(0).default(0), top: z.int().min(1).default(100) });

export function listSessions(queue: MessageQueue, body: unknown): ManagementAnswer {
  const { skip, top } = bodyOf(List, body);
  const found = queue
    .sessionIds()
    .sort()
    .slice(skip, skip + top);
  if (found.length === 0) return { status: 204, description: 'No sessions' };
  return { status: 200, body: { skip: skip + found.length, 'sessions-ids': found } };
}
