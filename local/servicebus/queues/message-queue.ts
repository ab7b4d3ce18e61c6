import { BrokerError } from '../broker-error';
import { type Clock } from '../clock';
import { deliveryBytes } from '../encoding/delivery-bytes';
import { newLockToken } from '../encoding/lock-token';
import { type Store } from '../../store';
import { type Consumer, type Entry, Lane, type SessionHold } from './lane';
import { LockTable, type MessageLock } from './lock-table';
import { deleteMessage, entriesOf, idOf, messageById, type MessageRow, sequenceOf, stateOf } from './rows';
import { SessionDesk } from './session-desk';
import { Settlement } from './settlement';

export interface QueueSettings {
  readonly address: string;
  readonly requiresSession: boolean;
  readonly lockDurationInMs: number;
  readonly maxDeliveryCount: number;
  readonly defaultTtlInMs: number | null;
  readonly isDeadLetteringExpired: boolean;
}

export interface QueueContext {
  readonly store: Store;
  readonly clock: Clock;
  /** Told of failures nobody waits for. */
  readonly log: (message: string) => void;
}

/** A queue, a subscription or a dead-letter queue: messages, and who holds which. */
export class MessageQueue {
  readonly locks: LockTable;
  readonly sessions: SessionDesk;
  readonly settlement: Settlement;
  readonly #entries = new Map<number, Entry>();
  readonly #lanes = new Map<string, Lane>();

  constructor(
    readonly settings: QueueSettings,
    readonly number: number,
    readonly context: QueueContext,
    /** Null for a dead-letter queue itself. */
    readonly deadLetters: MessageQueue | null,
  ) {
    this.locks = new LockTable(context.clock, settings.lockDurationInMs, (lock) => {
      void this.settlement.returnCounted(lock.entry);
    });
    this.sessions = new SessionDesk(this);
    this.settlement = new Settlement(this);
  }

  /** Takes up what was stored before this process began. */
  load(): void {
    for (const row of this.context.store.read((database) => entriesOf(database, this.number)))
      this.arrived(row);
  }

  /** A stored message is there for receivers. Called once it is durable. */
  arrived(row: Omit<MessageRow, 'content'>): void {
    const state = stateOf(row);
    if (state === 'scheduled') return;
    const lane = this.lane(this.settings.requiresSession ? (row.session_id ?? '') : null);
    const entry: Entry = {
      sequence: sequenceOf(row.id),
      lane,
      expiresAtMs: row.due_at,
      state,
      deliveryCount: row.delivery_count,
      isTaken: false,
    };
    this.#entries.set(entry.sequence, entry);
    lane.size += 1;
    if (state === 'active') this.#offer(entry);
  }

  entry(sequence: number): Entry | undefined {
    return this.#entries.get(sequence);
  }

  lane(sessionId: string | null): Lane {
    const key = sessionId ?? '';
    const known = this.#lanes.get(key);
    if (known !== undefined) return known;
    const lane = new Lane(sessionId);
    this.#lanes.set(key, lane);
    return lane;
  }

  findLane(sessionId: string | null): Lane | undefined {
    return this.#lanes.get(sessionId ?? '');
  }

  /** Sessions with messages, in no particular order. */
  sessionIds(): string[] {
    return [...this.#lanes.values()].filter(({ size }) => size > 0).map(({ sessionId }) => sessionId ?? '');
  }

  attach(consumer: Consumer): void {
    const lane = this.lane(null);
    lane.consumers.push(consumer);
    this.pump(lane);
  }

  /** What the consumer still holds stays locked until its time is over, as in the cloud. */
  detach(consumer: Consumer): void {
    const lane = this.lane(null);
    const at = lane.consumers.indexOf(consumer);
    if (at >= 0) lane.consumers.splice(at, 1);
  }

  /** Hands out what can be handed out. */
  pump(lane: Lane): void {
    for (;;) {
      if (lane.returning > 0) break;
      const entry = this.nextAvailable(lane);
      const consumer = entry === null ? null : lane.nextConsumer();
      if (entry === null || consumer === null) break;
      lane.available.pop();
      entry.isTaken = true;
      if (consumer.isDestructive) void this.#deliverAndDelete(entry, consumer);
      else this.#deliverLocked(entry, consumer);
    }
  }

  /** The first message nobody holds. Expired ones are left to the sweeper. */
  nextAvailable(lane: Lane): Entry | null {
    const now = this.context.clock.now();
    for (;;) {
      const sequence = lane.available.peek();
      if (sequence === undefined) return null;
      const entry = this.#entries.get(sequence);
      const isExpired = entry?.expiresAtMs !== null && (entry?.expiresAtMs ?? 0) <= now;
      if (entry !== undefined && entry.state === 'active' && !entry.isTaken && !isExpired) return entry;
      lane.available.pop();
    }
  }

  /** Locks a message for whoever holds its lane. */
  lock(entry: Entry, hold: SessionHold | null): MessageLock {
    entry.isTaken = true;
    return this.locks.add({ token: newLockToken(), entry, hold });
  }

  /** The encoded message as a receiver gets it. */
  encode(row: MessageRow, lockedUntilMs: number | null): Buffer {
    return deliveryBytes(Buffer.from(row.content), {
      sequence: sequenceOf(row.id),
      enqueuedSequence: row.enqueued_sequence,
      enqueuedAtMs: row.enqueued_at,
      lockedUntilMs,
      state: stateOf(row),
      deadLetterSource: row.source,
      deliveryCount: row.delivery_count,
      ttlInMs: row.ttl,
      isDurable: row.durable === 1,
      priority: row.priority,
    });
  }

  row(sequence: number): MessageRow {
    const row = this.context.store.read((database) => messageById(database, idOf(this.number, sequence)));
    if (row === undefined) throw new BrokerError('com.microsoft:message-not-found', 'the message is gone');
    return row;
  }

  /** Takes a message that is no longer stored out of memory. */
  forget(entry: Entry): void {
    this.#entries.delete(entry.sequence);
    entry.lane.size -= 1;
    this.dropLaneIfEmpty(entry.lane);
  }

  /** Makes a taken message available again, unless its time ran out while it was held. */
  release(entry: Entry): void {
    entry.isTaken = false;
    if (entry.expiresAtMs !== null && entry.expiresAtMs <= this.context.clock.now()) {
      void this.settlement.expire(entry.sequence).catch((error: unknown) => this.context.log(String(error)));
    } else if (entry.state === 'active') {
      this.#offer(entry);
    }
  }

  dropLaneIfEmpty(lane: Lane): void {
    if (lane.sessionId !== null && lane.size === 0 && lane.hold === null) this.#lanes.delete(lane.sessionId);
  }

  stop(): void {
    this.locks.stop();
    this.sessions.stop();
  }

  #offer(entry: Entry): void {
    entry.lane.available.push(entry.sequence);
    if (this.settings.requiresSession) this.sessions.refresh(entry.lane);
    this.pump(entry.lane);
  }

  #deliverLocked(entry: Entry, consumer: Consumer): void {
    const lock = this.lock(entry, entry.lane.hold);
    const bytes = this.encode(this.row(entry.sequence), lock.expiresAtMs);
    consumer.deliver({ token: lock.token, bytes, isReserved: false });
  }

  async #deliverAndDelete(entry: Entry, consumer: Consumer): Promise<void> {
    consumer.reserve();
    const bytes = this.encode(this.row(entry.sequence), null);
    try {
      await this.context.store.write((database) =>
        deleteMessage(database, idOf(this.number, entry.sequence)),
      );
    } catch (error) {
      consumer.cancelReservation();
      this.context.log(`a message could not be handed out: ${String(error)}`);
      entry.isTaken = false;
      entry.lane.available.push(entry.sequence);
      return;
    }
    this.forget(entry);
    consumer.deliver({ token: null, bytes, isReserved: true });
  }
}
