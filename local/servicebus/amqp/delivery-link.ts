import { BrokerError } from '../broker-error';
import { tagOf, tokenOfTag } from '../encoding/lock-token';
import { type Consumer, type Delivery } from '../queues/lane';
import { type MessageQueue } from '../queues/message-queue';
import { type GrantedSession } from '../queues/session-desk';
import { errorFields, type LinkEnd, refuse, textOf } from './link-end';
import { accepted, rejected, type RheaContext, type RheaDelivery, type RheaSender } from './rhea-internals';
import { lockedUntilTicks, sessionFilterName, sessionRequestOf } from './session-filter';
import { outcomeOf } from './outcome';

/** A link on which a client receives. */
export class DeliveryLink implements LinkEnd, Consumer {
  readonly isDestructive: boolean;
  #reserved = 0;
  #session: GrantedSession | null = null;
  #cancelWaiting: () => void = () => undefined;
  #isAnswered = false;
  #isClosed = false;
  #isDrainOwed = false;

  constructor(
    private readonly link: RheaSender,
    private readonly queue: MessageQueue,
  ) {
    this.isDestructive = link.snd_settle_mode === 1;
  }

  async open(): Promise<void> {
    const request = sessionRequestOf(this.link);
    const { requiresSession } = this.queue.settings;
    if (requiresSession !== (request !== null)) {
      this.#refuse(wrongKind(requiresSession));
      return;
    }
    if (request === null) {
      this.#attach({});
      this.queue.attach(this);
      return;
    }
    const { granted, cancel } = this.queue.sessions.accept({ consumer: this, ...request });
    this.#cancelWaiting = cancel;
    try {
      this.#session = await granted;
    } catch (error) {
      this.#refuse(error);
      return;
    }
    this.#openSession(this.#session);
  }

  closed(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#cancelWaiting();
    this.#forgetDeliveries();
    if (this.#session !== null) this.queue.sessions.close(this.#session.hold);
    else if (!this.queue.settings.requiresSession) this.queue.detach(this);
    // A client that gave up waiting for a session still expects the detach it asked for.
    if (!this.#isAnswered) this.link.attach();
  }

  hasRoom(): boolean {
    const { outgoing } = this.link.session;
    const unsent = outgoing.next_delivery_id - outgoing.next_pending_delivery;
    const room = this.link.credit - unsent - this.#reserved;
    return !this.#isClosed && room > 0 && outgoing.available() > this.#reserved;
  }

  reserve(): void {
    this.#reserved += 1;
  }

  cancelReservation(): void {
    this.#reserved -= 1;
    this.#answerDrain();
  }

  deliver({ token, bytes, isReserved }: Delivery): void {
    if (isReserved) this.#reserved -= 1;
    if (!this.#isClosed) this.link.send(bytes, token === null ? Buffer.alloc(16) : tagOf(token), 0);
    this.#answerDrain();
  }

  sessionLost(sessionId: string): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    const description = `The session lock has expired on the session '${sessionId}'. Accept a new session.`;
    this.link.close({ condition: 'com.microsoft:session-lock-lost', description });
    this.#forgetDeliveries();
  }

  #openSession({ hold, lockedUntilMs }: GrantedSession): void {
    if (this.#isClosed) {
      this.queue.sessions.close(hold);
      return;
    }
    this.link.local.attach['properties'] = {
      'com.microsoft:locked-until-utc': lockedUntilTicks(lockedUntilMs),
    };
    this.#attach({ filter: { [sessionFilterName]: hold.sessionId } });
    this.queue.sessions.start(hold);
  }

  #refuse(error: unknown): void {
    if (this.#isClosed) return;
    this.#isAnswered = true;
    this.#isClosed = true;
    refuse(this.link, error);
  }

  #attach(source: object): void {
    const { link } = this;
    this.#isAnswered = true;
    link.set_source({ address: this.queue.settings.address, ...source });
    link.set_target({ address: textOf(link.target?.address) });
    link.local.attach['snd_settle_mode'] = this.isDestructive ? 1 : 0;
    if (link.rcv_settle_mode !== undefined) link.local.attach['rcv_settle_mode'] = link.rcv_settle_mode;
    link.on('sender_flow', () => this.#pump());
    link.on('sender_draining', () => {
      this.#isDrainOwed = true;
      this.#answerDrain();
    });
    for (const name of ['accepted', 'released', 'modified', 'rejected']) {
      link.on(name, ({ delivery }: RheaContext) => void this.#settle(name, delivery));
    }
    link.attach();
    // Credit may have come before the attach was answered.
    setImmediate(() => this.#pump());
  }

  #pump(): void {
    const lane = this.queue.findLane(this.#session?.hold.sessionId ?? null);
    if (!this.#isClosed && lane !== undefined) this.queue.pump(lane);
  }

  /** Once nothing promised is outstanding. */
  #answerDrain(): void {
    if (!this.#isDrainOwed || this.#reserved > 0 || this.#isClosed) return;
    this.#isDrainOwed = false;
    this.link.set_drained(true);
    this.link.session.connection._register();
  }

  async #settle(name: string, delivery: RheaDelivery): Promise<void> {
    if (this.isDestructive) return;
    try {
      await this.#apply(name, delivery);
      this.#answer(delivery, accepted());
    } catch (error) {
      this.#answer(delivery, rejected(errorFields(error)));
    }
  }

  async #apply(name: string, { tag, remote_state: state }: RheaDelivery): Promise<void> {
    const token = tokenOfTag(tag);
    const outcome = outcomeOf(name, state);
    const { settlement } = this.queue;
    switch (outcome.kind) {
      case 'complete':
        return settlement.complete(token);
      case 'release':
        return settlement.release(token);
      case 'abandon':
        return settlement.abandon(token, outcome.changes);
      case 'defer':
        return settlement.defer(token, outcome.changes);
      case 'dead-letter':
        return settlement.deadLetter(token, outcome.changes);
    }
  }

  /** rhea keeps a delivery until both sides settled it, so the client's settling is noted by hand. */
  #answer(delivery: RheaDelivery, state: ReturnType<typeof accepted>): void {
    if (!this.#isClosed) delivery.update(true, state);
    delivery.settled = true;
    delivery.remote_settled = true;
  }

  /** Deliveries of a dead link must not fill the AMQP session's buffer. */
  #forgetDeliveries(): void {
    for (const delivery of this.link.session.outgoing.deliveries.entries) {
      if (delivery?.link !== this.link) continue;
      delivery.settled = true;
      delivery.remote_settled = true;
    }
  }
}

function wrongKind(requiresSession: boolean): BrokerError {
  const message = requiresSession
    ? 'It is not possible for an entity that requires sessions to create a non-sessionful message receiver.'
    : 'A sessionful message receiver cannot be created on an entity that does not require sessions. Ensure RequiresSession is set to true when creating a Queue or Subscription to enable sessionful behavior.';
  return new BrokerError('amqp:not-allowed', message);
}
