import { BrokerError } from '../broker-error';
import { ExpiringMap } from './expiring-map';
import { type Consumer, type Lane, type SessionHold } from './lane';
import { type MessageQueue } from './message-queue';

export interface GrantedSession {
  readonly hold: SessionHold;
  readonly lockedUntilMs: number;
}

interface Waiter {
  readonly consumer: Consumer;
  readonly grant: (granted: GrantedSession) => void;
  readonly cancelTimer: () => void;
}

export interface SessionRequest {
  readonly consumer: Consumer;
  /** Null for the next session that has messages. */
  readonly sessionId: string | null;
  readonly timeoutInMs: number;
}

/** Who holds which session of a queue, and who waits for one. */
export class SessionDesk {
  readonly #holds: ExpiringMap<string, SessionHold>;
  /** Sessions with messages and no holder, the longest waiting first. */
  readonly #ready = new Set<string>();
  readonly #waiters = new Set<Waiter>();

  constructor(private readonly queue: MessageQueue) {
    const { clock } = queue.context;
    this.#holds = new ExpiringMap(clock, queue.settings.lockDurationInMs, (_, hold) => void this.#lose(hold));
  }

  /** Grants a session, now or when there is one; the answer's `cancel` ends the waiting. */
  accept(request: SessionRequest): { granted: Promise<GrantedSession>; cancel: () => void } {
    const { consumer, sessionId } = request;
    if (sessionId !== null)
      return { granted: this.#acceptNamed(consumer, sessionId), cancel: () => undefined };
    const next = this.#nextReady();
    if (next !== null)
      return { granted: Promise.resolve(this.#grant(consumer, next)), cancel: () => undefined };
    return this.#wait(request);
  }

  /** Begins to hand out the messages of a granted session. */
  start(hold: SessionHold): void {
    if (hold.isLost) return;
    const lane = this.queue.lane(hold.sessionId);
    lane.consumers.push(hold.consumer);
    this.queue.pump(lane);
  }

  /** The holder leaves: what it did not settle is available again, and counts as never delivered. */
  close(hold: SessionHold): void {
    if (hold.isLost) return;
    this.#holds.delete(hold.sessionId);
    const lane = this.#end(hold);
    for (const token of [...hold.tokens]) {
      const lock = this.queue.locks.take(token);
      if (lock !== undefined) this.queue.release(lock.entry);
    }
    this.#reopen(lane);
  }

  renew(sessionId: string): number {
    const hold = this.#holds.take(sessionId);
    if (hold === undefined) throw sessionLockLost(sessionId);
    return this.#holds.set(sessionId, hold);
  }

  /** Throws unless somebody holds the session. */
  requireHeld(sessionId: string): void {
    if (this.#holds.get(sessionId) === undefined) throw sessionLockLost(sessionId);
  }

  /** Looks again whether a lane's session is there for the taking. */
  refresh(lane: Lane): void {
    const sessionId = lane.sessionId ?? '';
    const isReady = lane.hold === null && lane.returning === 0 && this.queue.nextAvailable(lane) !== null;
    if (!isReady) {
      this.#ready.delete(sessionId);
      return;
    }
    this.#ready.add(sessionId);
    this.#serve();
  }

  stop(): void {
    this.#holds.stop();
    for (const { cancelTimer } of this.#waiters) cancelTimer();
    this.#waiters.clear();
  }

  async #acceptNamed(consumer: Consumer, sessionId: string): Promise<GrantedSession> {
    if (this.queue.findLane(sessionId)?.hold) {
      throw new BrokerError(
        'com.microsoft:session-cannot-be-locked',
        `The requested session '${sessionId}' cannot be accepted. It may be locked by another receiver.`,
      );
    }
    return this.#grant(consumer, sessionId);
  }

  #wait({ consumer, timeoutInMs }: SessionRequest): { granted: Promise<GrantedSession>; cancel: () => void } {
    let cancel = (): void => undefined;
    const granted = new Promise<GrantedSession>((resolve, reject) => {
      const cancelTimer = this.queue.context.clock.after(timeoutInMs, () => {
        this.#waiters.delete(waiter);
        reject(
          new BrokerError(
            'com.microsoft:timeout',
            'The operation did not complete within the allotted time.',
          ),
        );
      });
      const waiter: Waiter = { consumer, grant: resolve, cancelTimer };
      this.#waiters.add(waiter);
      cancel = () => {
        cancelTimer();
        this.#waiters.delete(waiter);
      };
    });
    return { granted, cancel };
  }

  #serve(): void {
    for (const waiter of this.#waiters) {
      const sessionId = this.#nextReady();
      if (sessionId === null) return;
      this.#waiters.delete(waiter);
      waiter.cancelTimer();
      waiter.grant(this.#grant(waiter.consumer, sessionId));
    }
  }

  #nextReady(): string | null {
    for (const sessionId of this.#ready) {
      const lane = this.queue.findLane(sessionId);
      if (lane !== undefined && this.queue.nextAvailable(lane) !== null) return sessionId;
      this.#ready.delete(sessionId);
    }
    return null;
  }

  #grant(consumer: Consumer, sessionId: string): GrantedSession {
    const hold: SessionHold = { sessionId, consumer, tokens: new Set(), isLost: false };
    this.queue.lane(sessionId).hold = hold;
    this.#ready.delete(sessionId);
    return { hold, lockedUntilMs: this.#holds.set(sessionId, hold) };
  }

  /** The lock ran out: everything unsettled counts as delivered once more. */
  async #lose(hold: SessionHold): Promise<void> {
    const lane = this.#end(hold);
    hold.consumer.sessionLost(hold.sessionId);
    await Promise.all(
      [...hold.tokens].map(async (token) => {
        const lock = this.queue.locks.take(token);
        if (lock !== undefined) await this.queue.settlement.returnCounted(lock.entry);
      }),
    );
    this.#reopen(lane);
  }

  #end(hold: SessionHold): Lane {
    hold.isLost = true;
    const lane = this.queue.lane(hold.sessionId);
    lane.consumers.length = 0;
    lane.returning += 1;
    return lane;
  }

  #reopen(lane: Lane): void {
    lane.returning -= 1;
    lane.hold = null;
    this.refresh(lane);
    this.queue.dropLaneIfEmpty(lane);
  }
}

function sessionLockLost(sessionId: string): BrokerError {
  return new BrokerError(
    'com.microsoft:session-lock-lost',
    `The lock on session '${sessionId}' has been lost: its holder closed it or did not renew it in time.`,
  );
}
