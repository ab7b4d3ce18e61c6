import { randomUUID } from 'node:crypto';
import { BrokerError } from '../broker-error';
import { type IncomingMessage, type MessageFields, parseMessage } from '../encoding/incoming-message';
import { type Database } from '../../store';
import { type MessageQueue, type QueueContext } from './message-queue';
import {
  deleteMessage,
  idOf,
  insertMessage,
  messageById,
  type MessageRow,
  messageStates,
  rememberId,
  sequenceOf,
} from './rows';
import { type SequenceCounter } from './sequence-counter';
import { type Sweeper } from './sweeper';

export interface IntakeSettings {
  readonly address: string;
  readonly requiresSession: boolean;
  readonly defaultTtlInMs: number | null;
  /** Null without duplicate detection. */
  readonly duplicateWindowInMs: number | null;
}

/** A queue a message goes to, with the counter that numbers it there. */
export interface Outlet {
  readonly queue: MessageQueue;
  readonly counter: SequenceCounter;
}

interface Arrival {
  readonly queue: MessageQueue;
  readonly row: MessageRow;
}

/** The side of a queue or a topic that takes messages in. */
export class Intake {
  constructor(
    readonly settings: IntakeSettings,
    private readonly counter: SequenceCounter,
    /** Where a message with these fields goes: a queue's own receiving side, or the subscriptions that want it. */
    private readonly outletsFor: (fields: MessageFields) => readonly Outlet[],
    private readonly context: QueueContext & { readonly sweeper: Sweeper },
  ) {}

  get number(): number {
    return this.counter.queue;
  }

  /** Stores all of these or none; resolves with the sequence numbers of the scheduled ones once it is durable. */
  async accept(messages: readonly IncomingMessage[]): Promise<number[]> {
    if (this.settings.requiresSession && messages.some(({ sessionId }) => sessionId === null)) {
      throw new BrokerError(
        'amqp:not-allowed',
        `The SessionId was not set on a message, and it cannot be sent to the entity. Entities that have session support enabled can only receive messages that have the SessionId set to a valid value.`,
      );
    }
    const { arrivals, scheduled } = await this.context.store.write((database) =>
      this.#store(database, messages),
    );
    this.#announce(arrivals);
    for (const row of scheduled) this.context.sweeper.expect(row.due_at);
    return scheduled.map((row) => sequenceOf(row.id));
  }

  /** All of them, or none. */
  async cancelScheduled(sequences: readonly number[]): Promise<void> {
    await this.context.store.write((database) => {
      for (const sequence of sequences) {
        const row = messageById(database, idOf(this.number, sequence));
        if (row?.state !== messageStates.scheduled) {
          throw new BrokerError(
            'com.microsoft:message-not-found',
            `There is no scheduled message with sequence number ${sequence}.`,
          );
        }
        deleteMessage(database, row.id);
      }
    });
  }

  /** Scheduled messages whose time has come enter as if they were sent now. */
  async activate(ids: readonly number[]): Promise<void> {
    const arrivals = await this.context.store.write((database) => {
      const rows = ids.map((id) => messageById(database, id)).filter((row) => row !== undefined);
      return rows.flatMap((row) => {
        deleteMessage(database, row.id);
        const message = parseMessage(Buffer.from(row.content), randomUUID);
        const facts = { ttlInMs: row.ttl, isDurable: row.durable === 1, priority: row.priority };
        return this.#place(database, { ...message, ...facts });
      });
    });
    this.#announce(arrivals);
  }

  #announce(arrivals: readonly Arrival[]): void {
    for (const { queue, row } of arrivals) {
      this.context.sweeper.expect(row.due_at);
      queue.arrived(row);
    }
  }

  #store(
    database: Database,
    messages: readonly IncomingMessage[],
  ): { arrivals: Arrival[]; scheduled: MessageRow[] } {
    const now = this.context.clock.now();
    const arrivals: Arrival[] = [];
    const scheduled: MessageRow[] = [];
    for (const message of messages) {
      if (this.#isDuplicate(database, message, now)) continue;
      if (message.scheduledAtMs !== null && message.scheduledAtMs > now) {
        scheduled.push(this.#schedule(database, message, message.scheduledAtMs));
      } else {
        arrivals.push(...this.#place(database, message));
      }
    }
    return { arrivals, scheduled };
  }

  #isDuplicate(database: Database, { messageId }: IncomingMessage, now: number): boolean {
    const { duplicateWindowInMs } = this.settings;
    if (duplicateWindowInMs === null) return false;
    return !rememberId(database, { queue: this.number, messageId, now, windowInMs: duplicateWindowInMs });
  }

  #schedule(database: Database, message: IncomingMessage, scheduledAtMs: number): MessageRow {
    const sequence = this.counter.take(database);
    const row: MessageRow = {
      ...rowOf(message, this.context.clock.now()),
      id: idOf(this.number, sequence),
      state: messageStates.scheduled,
      enqueued_sequence: sequence,
      due_at: this.context.sweeper.dueAt(scheduledAtMs),
    };
    insertMessage(database, row);
    return row;
  }

  #place(database: Database, message: IncomingMessage): Arrival[] {
    const now = this.context.clock.now();
    const outlets = this.outletsFor(message.fields);
    const isTopic = outlets.some(({ counter }) => counter !== this.counter);
    const ownSequence = isTopic ? this.counter.take(database) : null;
    return outlets.map(({ queue, counter }) => {
      const sequence = counter.take(database);
      const ttlInMs = shortest([
        message.ttlInMs,
        this.settings.defaultTtlInMs,
        queue.settings.defaultTtlInMs,
      ]);
      const row: MessageRow = {
        ...rowOf(message, now),
        id: idOf(queue.number, sequence),
        enqueued_sequence: ownSequence ?? sequence,
        ttl: ttlInMs,
        due_at: ttlInMs === null ? null : this.context.sweeper.dueAt(now + ttlInMs),
      };
      insertMessage(database, row);
      return { queue, row };
    });
  }
}

function rowOf(
  message: IncomingMessage,
  now: number,
): Omit<MessageRow, 'id' | 'due_at' | 'enqueued_sequence'> {
  return {
    state: messageStates.active,
    session_id: message.sessionId,
    delivery_count: 0,
    enqueued_at: now,
    ttl: message.ttlInMs,
    durable: message.isDurable ? 1 : 0,
    priority: message.priority,
    source: null,
    content: message.content,
  };
}

function shortest(times: readonly (number | null)[]): number | null {
  const known = times.filter((time) => time !== null);
  return known.length === 0 ? null : Math.min(...known);
}
