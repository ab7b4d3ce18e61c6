import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { BrokerError } from '../broker-error';
import { amqp } from '../encoding/amqp-types';
import { parseMessage } from '../encoding/incoming-message';
import { type Intake } from '../queues/intake';
import { type Entry, type SessionHold } from '../queues/lane';
import { type MessageQueue } from '../queues/message-queue';
import { idOf, peekMessages, deleteMessage } from '../queues/rows';
import { type PropertyChanges } from '../queues/settlement';
import { lockTokens, optionalSessionId, sequenceNumber } from './fields';
import { bodyOf, type ManagementAnswer } from './request';

const mostPeeked = 1_000;
const mostPeekedBytes = 4 * 1024 * 1024;
const timestamps = 0x83;
const longs = 0x81;

const Peek = z.object({
  'from-sequence-number': sequenceNumber,
  'message-count': z.int().min(1),
  'session-id': optionalSessionId,
});

export function peek(queue: MessageQueue, body: unknown): ManagementAnswer {
  const request = bodyOf(Peek, body);
  const now = queue.context.clock.now();
  const rows = queue.context.store.read((database) =>
    peekMessages(database, {
      queue: queue.number,
      fromSequence: Math.max(0, request['from-sequence-number']),
      count: Math.min(request['message-count'], mostPeeked),
      sessionId: request['session-id'],
    }),
  );
  let sizeBytes = 0;
  const messages = rows
    .filter((row) => row.state === 2 || row.due_at === null || row.due_at > now)
    .filter((row) => (sizeBytes += row.content.length) <= mostPeekedBytes || row === rows[0])
    .map((row) => ({ message: queue.encode(row, null) }));
  return messages.length === 0
    ? { status: 204, description: 'No messages' }
    : { status: 200, body: { messages } };
}

const Schedule = z.object({ messages: z.array(z.object({ message: z.instanceof(Buffer) })).min(1) });

export async function schedule(intake: Intake, body: unknown): Promise<ManagementAnswer> {
  const messages = bodyOf(Schedule, body).messages.map(({ message }) => parseMessage(message, randomUUID));
  const unscheduled = messages.find(({ scheduledAtMs }) => scheduledAtMs === null);
  if (unscheduled !== undefined) {
    throw new BrokerError('com.microsoft:argument-error', 'a message says no time to be enqueued at');
  }
  const sequences = await intake.accept(messages);
  return { status: 200, body: { 'sequence-numbers': amqp.wrap_array(sequences, longs) } };
}

const Sequences = z.object({ 'sequence-numbers': z.array(sequenceNumber) });

export async function cancelScheduled(intake: Intake, body: unknown): Promise<ManagementAnswer> {
  await intake.cancelScheduled(bodyOf(Sequences, body)['sequence-numbers']);
  return { status: 200 };
}

const Renew = z.object({ 'lock-tokens': lockTokens });

export function renewLocks(queue: MessageQueue, body: unknown): ManagementAnswer {
  const expirations = bodyOf(Renew, body)['lock-tokens'].map((token) => {
    const expiresAtMs = queue.locks.renew(token);
    if (expiresAtMs !== undefined) return expiresAtMs;
    throw new BrokerError(
      'com.microsoft:message-lock-lost',
      'The lock supplied is invalid. It may have expired.',
    );
  });
  return { status: 200, body: { expirations: amqp.wrap_array(expirations, timestamps) } };
}

const Receive = z.object({
  'sequence-numbers': z.array(sequenceNumber),
  'receiver-settle-mode': z.int().default(1),
  'session-id': optionalSessionId,
});

export async function receiveDeferred(queue: MessageQueue, body: unknown): Promise<ManagementAnswer> {
  const request = bodyOf(Receive, body);
  const hold = holdOf(queue, request['session-id']);
  const entries = request['sequence-numbers'].map((sequence) => deferredEntry(queue, sequence, hold));
  const isDestructive = request['receiver-settle-mode'] === 0;
  const messages = isDestructive
    ? await takeAll(queue, entries)
    : entries.map((entry) => {
        const lock = queue.lock(entry, hold);
        return {
          message: queue.encode(queue.row(entry.sequence), lock.expiresAtMs),
          'lock-token': amqp.wrap_uuid(Buffer.from(lock.token, 'hex')),
        };
      });
  return { status: 200, body: { messages } };
}

async function takeAll(queue: MessageQueue, entries: Entry[]): Promise<object[]> {
  const messages = entries.map(({ sequence }) => ({
    message: queue.encode(queue.row(sequence), null),
    'lock-token': amqp.wrap_uuid(Buffer.alloc(16)),
  }));
  for (const entry of entries) entry.isTaken = true;
  try {
    await queue.context.store.write((database) => {
      for (const { sequence } of entries) deleteMessage(database, idOf(queue.number, sequence));
    });
  } catch (error) {
    for (const entry of entries) entry.isTaken = false;
    throw error;
  }
  for (const entry of entries) queue.forget(entry);
  return messages;
}

function deferredEntry(queue: MessageQueue, sequence: number, hold: SessionHold | null): Entry {
  const entry = queue.entry(sequence);
  const isThere = entry?.state === 'deferred' && !entry.isTaken;
  if (isThere && (hold === null || entry.lane.hold === hold)) return entry;
  throw new BrokerError(
    'com.microsoft:message-not-found',
    `Failed to lock one or more specified messages. The message with sequence number ${sequence} does not exist.`,
  );
}

function holdOf(queue: MessageQueue, sessionId: string | null): SessionHold | null {
  if (!queue.settings.requiresSession) return null;
  queue.sessions.requireHeld(sessionId ?? '');
  return queue.lane(sessionId ?? '').hold;
}

const Disposition = z.object({
  'lock-tokens': lockTokens,
  'disposition-status': z.enum(['completed', 'abandoned', 'defered', 'suspended']),
  'deadletter-reason': z.string().nullish(),
  'deadletter-description': z.string().nullish(),
  'properties-to-modify': z.record(z.string(), z.unknown()).nullish(),
});

export async function updateDisposition(queue: MessageQueue, body: unknown): Promise<ManagementAnswer> {
  const request = bodyOf(Disposition, body);
  const changes = request['properties-to-modify'] ?? {};
  const settle: Record<(typeof request)['disposition-status'], (token: string) => Promise<void>> = {
    completed: (token) => queue.settlement.complete(token),
    abandoned: (token) => queue.settlement.abandon(token, changes),
    defered: (token) => queue.settlement.defer(token, changes),
    suspended: (token) => queue.settlement.deadLetter(token, { ...changes, ...deadLetterChanges(request) }),
  };
  await Promise.all(request['lock-tokens'].map(settle[request['disposition-status']]));
  return { status: 200 };
}

function deadLetterChanges(request: z.output<typeof Disposition>): PropertyChanges {
  const reason = request['deadletter-reason'];
  const description = request['deadletter-description'];
  return {
    ...(reason && { DeadLetterReason: reason }),
    ...(description && { DeadLetterErrorDescription: description }),
  };
}
