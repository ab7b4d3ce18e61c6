import { type MessageState } from './rows';
import { SequenceHeap } from './sequence-heap';

/** A stored message as the broker keeps it in memory: everything but its content. */
export interface Entry {
  readonly sequence: number;
  readonly lane: Lane;
  readonly expiresAtMs: number | null;
  state: Exclude<MessageState, 'scheduled'>;
  deliveryCount: number;
  /** Taken entries are locked by a receiver, or something about them is being written. */
  isTaken: boolean;
}

/** A receiver as a queue sees it. */
export interface Consumer {
  readonly isDestructive: boolean;
  /** Whether one more message may be given to it now. */
  hasRoom(): boolean;
  /** Claims room for a message that comes later. */
  reserve(): void;
  cancelReservation(): void;
  deliver(delivery: Delivery): void;
  /** The lock on its session ran out. */
  sessionLost(sessionId: string): void;
}

export interface Delivery {
  /** Null when the message is already deleted. */
  readonly token: string | null;
  readonly bytes: Buffer;
  /** Whether `reserve` was called for it. */
  readonly isReserved: boolean;
}

/** A receiver's hold on a session. */
export interface SessionHold {
  readonly sessionId: string;
  readonly consumer: Consumer;
  /** The tokens of messages handed out under this hold. */
  readonly tokens: Set<string>;
  isLost: boolean;
}

/** Messages that are handed out in order: a queue has one lane, or one for every session. */
export class Lane {
  readonly available = new SequenceHeap();
  readonly consumers: Consumer[] = [];
  hold: SessionHold | null = null;
  /** Messages of any state that belong here. */
  size = 0;
  /** Messages on their way back; what follows them waits, so that a session keeps its order. */
  returning = 0;

  constructor(readonly sessionId: string | null) {}

  /** The next consumer with room, in turn. */
  nextConsumer(): Consumer | null {
    for (let tried = 0; tried < this.consumers.length; tried += 1) {
      const consumer = this.consumers.shift();
      if (consumer === undefined) return null;
      this.consumers.push(consumer);
      if (consumer.hasRoom()) return consumer;
    }
    return null;
  }
}
