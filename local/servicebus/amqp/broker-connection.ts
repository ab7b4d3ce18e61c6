import { type ConnectionOptions, create_container } from 'rhea';
import { randomUUID } from 'node:crypto';
import { type Socket } from 'node:net';
import { asBrokerError, BrokerError } from '../broker-error';
import { FrameGuard, maxFrameSizeBytes } from '../encoding/frame-guard';
import { manage } from '../management/operations';
import { answerMessage, refusalMessage } from '../management/request';
import { type Namespace } from '../queues/namespace';
import { adaptSession } from './adapt-session';
import { Claims } from './claims';
import { DeliveryLink } from './delivery-link';
import { IntakeLink } from './intake-link';
import { type LinkEnd, refuse, textOf } from './link-end';
import { ReplyLinks, RequestLink } from './request-link';
import {
  type RheaConnection,
  type RheaContext,
  type RheaLink,
  type RheaReceiver,
  type RheaSender,
} from './rhea-internals';
import { saslMechanisms } from './sasl';
import { type AccessKey, entityPath } from './sas-token';
import { type Clock } from '../clock';

export interface ConnectionContext {
  readonly namespace: Namespace;
  readonly clock: Clock;
  readonly accessKey: AccessKey;
  readonly log: (message: string) => void;
}

const management = '/$management';
const idleTimeoutInMs = 120_000;
const goodbyeInMs = 200;

const connectionOptions = {
  max_frame_size: maxFrameSizeBytes,
  channel_max: 4_999,
  idle_time_out: idleTimeoutInMs,
  reconnect: false,
  session_buffer_size: { incoming: 2_048, outgoing: 5_000 },
  receiver_options: { credit_window: 0, autoaccept: false, autosettle: false },
  sender_options: { autosettle: false, treat_modified_as_released: false },
} as object as ConnectionOptions;

/** One client's connection: what it may do, and the broker's ends of its links. */
export class BrokerConnection {
  readonly #connection: RheaConnection;
  readonly #claims: Claims;
  readonly #replies = new ReplyLinks();
  readonly #ends = new Map<RheaLink, LinkEnd>();

  constructor(
    private readonly socket: Socket,
    private readonly context: ConnectionContext,
    private readonly onGone: () => void,
  ) {
    this.#claims = new Claims(context.accessKey, context.clock);
    const container = create_container({ id: `broker-${randomUUID()}` });
    Object.assign(
      container.sasl_server_mechanisms as object,
      saslMechanisms(context.accessKey, () => this.#claims.grantAll()),
    );
    this.#connection = container.create_connection(connectionOptions) as unknown as RheaConnection;
    this.#listen();
    this.#guardInput();
    socket.setNoDelay(true);
    this.#connection.accept(socket);
  }

  /** Says goodbye, and hangs up a moment later. */
  close(error: BrokerError): void {
    this.#endLinks();
    if (this.#connection.is_open()) {
      this.#connection.close({ condition: error.condition, description: error.message });
    }
    const cancel = this.context.clock.after(goodbyeInMs, () => this.socket.destroy());
    this.socket.once('close', cancel);
    if (!this.#connection.is_open()) this.socket.end();
  }

  #guardInput(): void {
    const connection = this.#connection;
    const takeInput = connection.input.bind(connection);
    const guard = new FrameGuard(
      (bytes) => this.#safely(() => takeInput(bytes)),
      (error) => this.close(error),
    );
    connection.input = (bytes) => guard.push(bytes);
    const process = connection._process.bind(connection);
    connection._process = () => this.#safely(process);
  }

  /** Whatever a client makes rhea stumble over costs that client its connection, and nobody else anything. */
  #safely(act: () => void): void {
    try {
      act();
    } catch (error) {
      this.context.log(`a connection was cut: ${String(error)}`);
      this.socket.destroy();
    }
  }

  #listen(): void {
    const on = (name: string, act: (context: RheaContext) => void): void => {
      this.#connection.on(name, (context: RheaContext) => this.#safely(() => act(context)));
    };
    on('session_open', ({ session }) => adaptSession(session));
    on('sender_open', ({ sender }) => this.#openDelivering(sender));
    on('receiver_open', ({ receiver }) => this.#openTaking(receiver));
    on('sender_close', ({ sender }) => this.#endLink(sender));
    on('receiver_close', ({ receiver }) => this.#endLink(receiver));
    on('session_close', ({ session }) => {
      for (const link of this.#ends.keys()) if (link.session === session) this.#endLink(link);
    });
    for (const name of ['sender_error', 'receiver_error', 'session_error', 'connection_error'])
      on(name, () => undefined);
    for (const name of ['error', 'protocol_error']) {
      this.#connection.on(name, (error: unknown) => {
        this.context.log(`a connection was cut: ${String(error)}`);
        this.socket.destroy();
      });
    }
    on('connection_close', () => this.#endLinks());
    on('disconnected', () => this.#endLinks());
    this.socket.on('error', () => undefined);
    this.socket.once('close', () => {
      // rhea hears of an end or an error, but not of a socket that is destroyed, and would keep its timers.
      this.#connection._disconnected();
      this.#endLinks();
      this.onGone();
    });
  }

  /** A client wants to receive. */
  #openDelivering(link: RheaSender): void {
    this.#open(link, link.source?.address, (address) => {
      if (address === '$cbs' || address.toLowerCase().endsWith(management)) {
        this.#claimFor(address);
        return this.#replies.open(link);
      }
      this.#claims.require(address);
      const entity = this.context.namespace.find(address);
      if (entity.queue === null) {
        throw new BrokerError('amqp:not-allowed', `Messages cannot be received from '${entity.address}'.`);
      }
      const end = new DeliveryLink(link, entity.queue);
      this.#ends.set(link, end);
      void end.open();
      return end;
    });
  }

  /** A client wants to send. */
  #openTaking(link: RheaReceiver): void {
    this.#open(link, link.target?.address, (address) => {
      const end = this.#takingEnd(link, address);
      end.open();
      return end;
    });
  }

  #takingEnd(link: RheaReceiver, address: string): RequestLink | IntakeLink {
    if (address === '$cbs') {
      return new RequestLink(link, this.#replies, async (request) => this.#claims.answer(request));
    }
    this.#claimFor(address);
    if (address.toLowerCase().endsWith(management)) return this.#managementEnd(link, address);
    const { intake } = this.context.namespace.find(address);
    if (intake === null)
      throw new BrokerError('amqp:not-allowed', `Messages cannot be sent to '${address}'.`);
    return new IntakeLink(link, intake);
  }

  #managementEnd(link: RheaReceiver, address: string): RequestLink {
    const entity = this.context.namespace.find(address.slice(0, -management.length));
    return new RequestLink(link, this.#replies, async (request) => {
      try {
        return answerMessage(request, await manage(entity, request));
      } catch (error) {
        return refusalMessage(request, error);
      }
    });
  }

  #claimFor(address: string): void {
    if (address !== '$cbs') this.#claims.require(address);
  }

  #open(link: RheaLink, address: unknown, open: (address: string) => LinkEnd): void {
    try {
      if (typeof address !== 'string') {
        throw new BrokerError('amqp:not-implemented', 'Transactions and dynamic nodes are not supported.');
      }
      const end = open(entityPath(textOf(address)));
      this.#ends.set(link, end);
    } catch (error) {
      this.#logIfOurs(error);
      refuse(link, error);
    }
  }

  #logIfOurs(error: unknown): void {
    const { condition, message } = asBrokerError(error);
    if (condition === 'amqp:internal-error') this.context.log(message);
  }

  #endLink(link: RheaLink): void {
    const end = this.#ends.get(link);
    this.#ends.delete(link);
    end?.closed();
  }

  #endLinks(): void {
    for (const link of [...this.#ends.keys()]) this.#endLink(link);
  }
}
