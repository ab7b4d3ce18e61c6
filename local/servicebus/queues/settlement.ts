import { BrokerError } from '../broker-error';
import { withApplicationProperties } from '../encoding/delivery-bytes';
import { type Database } from '../../store';
import { type Entry } from './lane';
import { type MessageLock } from './lock-table';
import { type MessageQueue } from './message-queue';
import { deleteMessage, idOf, insertMessage, messageById, messageStates, type MessageRow } from './rows';

export type PropertyChanges = Readonly<Record<string, unknown>>;

/** How messages leave a queue, or come back to it. Every answer waits until it is durable. */
export class Settlement {
  constructor(private readonly queue: MessageQueue) {}

  async complete(token: string): Promise<void> {
    await this.#settle(token, async ({ entry }) => {
      await this.#write((database) => void deleteMessage(database, this.#id(entry)));
      this.queue.forget(entry);
    });
  }

  async abandon(token: string, changes: PropertyChanges): Promise<void> {
    await this.#settle(token, ({ entry }) =>
      this.#keepingOrder(entry, () => this.#returnOnce(entry, changes)),
    );
  }

  /** Gives the message back as if it had not been delivered. */
  release(token: string): void {
    this.queue.release(this.#take(token).entry);
  }

  async defer(token: string, changes: PropertyChanges): Promise<void> {
    await this.#settle(token, async ({ entry }) => {
      await this.#write((database) => {
        database.run('UPDATE messages SET state = ? WHERE id = ?', messageStates.deferred, this.#id(entry));
        changeProperties(database, this.#id(entry), changes);
      });
      entry.state = 'deferred';
      this.queue.release(entry);
    });
  }

  async deadLetter(token: string, changes: PropertyChanges): Promise<void> {
    await this.#settle(token, ({ entry }) => this.#moveToDeadLetters(entry, changes));
  }

  /** Counts a delivery that nobody settled, and makes the message available again or, after too many, dead-letters it. */
  async returnCounted(entry: Entry): Promise<void> {
    await this.#keepingOrder(entry, async () => {
      try {
        await this.#returnOnce(entry, {});
      } catch (error) {
        this.queue.context.log(`a delivery could not be counted: ${String(error)}`);
        this.queue.release(entry);
      }
    });
  }

  /** Deletes or dead-letters a message whose time is over, unless somebody holds it. */
  async expire(sequence: number): Promise<void> {
    const entry = this.queue.entry(sequence);
    if (entry === undefined || entry.isTaken) return;
    entry.isTaken = true;
    try {
      if (this.queue.settings.isDeadLetteringExpired && this.queue.deadLetters !== null) {
        await this.#moveToDeadLetters(entry, {
          DeadLetterReason: 'TTLExpiredException',
          DeadLetterErrorDescription: 'The message expired and was dead lettered.',
        });
      } else {
        await this.#write((database) => void deleteMessage(database, this.#id(entry)));
        this.queue.forget(entry);
      }
    } catch (error) {
      entry.isTaken = false;
      throw error;
    }
  }

  async #returnOnce(entry: Entry, changes: PropertyChanges): Promise<void> {
    const { maxDeliveryCount } = this.queue.settings;
    if (entry.deliveryCount + 1 >= maxDeliveryCount && this.queue.deadLetters !== null) {
      await this.#moveToDeadLetters(entry, {
        ...changes,
        DeadLetterReason: 'MaxDeliveryCountExceeded',
        DeadLetterErrorDescription: `Message could not be consumed after ${maxDeliveryCount} delivery attempts.`,
      });
      return;
    }
    await this.#write((database) => {
      database.run(
        'UPDATE messages SET delivery_count = ? WHERE id = ?',
        entry.deliveryCount + 1,
        this.#id(entry),
      );
      changeProperties(database, this.#id(entry), changes);
    });
    entry.deliveryCount += 1;
    this.queue.release(entry);
  }

  async #moveToDeadLetters(entry: Entry, changes: PropertyChanges): Promise<void> {
    const { deadLetters, settings } = this.queue;
    if (deadLetters === null) {
      throw new BrokerError('amqp:not-allowed', 'a message of a dead-letter queue cannot be dead-lettered');
    }
    const moved = await this.#write((database): MessageRow => {
      const row = messageById(database, this.#id(entry));
      if (row === undefined) throw new BrokerError('com.microsoft:message-not-found', 'the message is gone');
      const deadLetter: MessageRow = {
        ...row,
        id: idOf(deadLetters.number, entry.sequence),
        state: messageStates.active,
        due_at: null,
        source: settings.address,
        content: withApplicationProperties(Buffer.from(row.content), changes),
      };
      insertMessage(database, deadLetter);
      deleteMessage(database, row.id);
      return deadLetter;
    });
    this.queue.forget(entry);
    deadLetters.arrived(moved);
  }

  async #settle(token: string, act: (lock: MessageLock) => Promise<void>): Promise<void> {
    const lock = this.#take(token);
    try {
      await act(lock);
    } catch (error) {
      if (lock.hold?.isLost === true) this.queue.release(lock.entry);
      else this.queue.locks.putBack(lock);
      throw error;
    }
  }

  #take(token: string): MessageLock {
    const lock = this.queue.locks.take(token);
    if (lock !== undefined) return lock;
    throw new BrokerError(
      'com.microsoft:message-lock-lost',
      'The lock supplied is invalid. Either the lock expired, or the message has already been removed from the queue.',
    );
  }

  /** While a message of a session is on its way back, those behind it wait. */
  async #keepingOrder(entry: Entry, act: () => Promise<void>): Promise<void> {
    const { lane } = entry;
    if (lane.sessionId === null) return act();
    lane.returning += 1;
    try {
      await act();
    } finally {
      lane.returning -= 1;
      this.queue.sessions.refresh(lane);
      this.queue.pump(lane);
    }
  }

  #id(entry: Entry): number {
    return idOf(this.queue.number, entry.sequence);
  }

  #write<T>(change: (database: Database) => T): Promise<T> {
    return this.queue.context.store.write(change);
  }
}

function changeProperties(database: Database, id: number, changes: PropertyChanges): void {
  if (Object.keys(changes).length === 0) return;
  const row = messageById(database, id);
  if (row === undefined) return;
  const content = withApplicationProperties(Buffer.from(row.content), changes);
  database.run('UPDATE messages SET content = ? WHERE id = ?', content, id);
}
