import { type Clock } from '../clock';
import { ExpiringMap } from './expiring-map';
import { type Entry, type SessionHold } from './lane';

/** One receiver's right to settle one message. */
export interface MessageLock {
  readonly token: string;
  readonly entry: Entry;
  /** The hold on the session it was handed out under; then the session's lock is the one that counts. */
  readonly hold: SessionHold | null;
  readonly expiresAtMs: number;
}

/** The message locks of a queue. They live in memory only: after a restart everything unsettled is simply there again. */
export class LockTable {
  readonly #timed: ExpiringMap<string, MessageLock>;
  readonly #inSessions = new Map<string, MessageLock>();

  constructor(
    private readonly clock: Clock,
    private readonly durationInMs: number,
    onExpire: (lock: MessageLock) => void,
  ) {
    this.#timed = new ExpiringMap(clock, durationInMs, (_, lock) => onExpire(lock));
  }

  add({ token, entry, hold }: Omit<MessageLock, 'expiresAtMs'>): MessageLock {
    const lock = { token, entry, hold, expiresAtMs: this.clock.now() + this.durationInMs };
    this.putBack(lock);
    return lock;
  }

  /** Takes a lock that still counts out of the table, to settle its message. */
  take(token: string): MessageLock | undefined {
    const lock = this.#inSessions.get(token);
    if (lock === undefined) return this.#timed.take(token);
    this.#inSessions.delete(token);
    lock.hold?.tokens.delete(token);
    return lock;
  }

  /** Returns a lock whose settlement failed. */
  putBack(lock: MessageLock): void {
    if (lock.hold === null) {
      this.#timed.set(lock.token, lock);
    } else {
      this.#inSessions.set(lock.token, lock);
      lock.hold.tokens.add(lock.token);
    }
  }

  /** When the renewed lock ends; undefined when it does not count any more. */
  renew(token: string): number | undefined {
    const inSession = this.#inSessions.get(token);
    if (inSession !== undefined) return inSession.expiresAtMs;
    const lock = this.#timed.take(token);
    return lock === undefined ? undefined : this.#timed.set(token, lock);
  }

  stop(): void {
    this.#timed.stop();
    this.#inSessions.clear();
  }
}
