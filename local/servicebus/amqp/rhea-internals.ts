import { message } from 'rhea';
import { type EventEmitter } from 'node:events';
import { type Socket } from 'node:net';
import { type Typed } from '../encoding/amqp-types';

/*
 * What the broker uses of rhea beyond its typings. rhea is made for clients; a broker answers attaches when it
 * likes, keeps messages as bytes, and must not be talked into endless loops. All of that hangs on these few names.
 */

export interface AmqpErrorFields {
  readonly condition: string;
  readonly description: string;
}

/** A decoded performative; fields are read through rhea's accessors. */
export type Performative = Record<string, unknown>;

export interface Frame {
  readonly performative: Performative;
  readonly payload?: Buffer;
}

export interface RheaDelivery {
  readonly id: number;
  readonly tag: Buffer;
  readonly format: number;
  readonly link: RheaLink;
  settled: boolean;
  remote_settled: boolean;
  readonly remote_state?: Readonly<Record<string, unknown>>;
  update(settled: boolean, state: Typed): void;
}

/** A transfer that is not all there yet. */
interface Incomplete {
  frames: Buffer[];
  settled: boolean;
}

export interface RheaLink extends EventEmitter {
  name: string;
  credit: number;
  readonly session: RheaSession;
  readonly source: { readonly address?: unknown; readonly filter?: unknown } | null | undefined;
  readonly target: { readonly address?: unknown } | null | undefined;
  readonly properties: Readonly<Record<string, unknown>> | undefined;
  readonly snd_settle_mode: number | undefined;
  readonly rcv_settle_mode: number | undefined;
  readonly local: { readonly attach: Performative };
  readonly state: { readonly remote_open: boolean };
  _incomplete?: Incomplete | undefined;
  open(): void;
  attach(): void;
  close(error?: AmqpErrorFields): void;
  set_source(fields: object): void;
  set_target(fields: object): void;
  is_open(): boolean;
}

export interface RheaSender extends RheaLink {
  delivery_count: number;
  _draining: boolean;
  _drained: boolean;
  _get_drain(): boolean;
  set_drained(drained: boolean): void;
  send(message: unknown, tag?: Buffer, format?: number): RheaDelivery;
}

export interface RheaReceiver extends RheaLink {
  add_credit(credit: number): void;
}

type LinkFactory = new (session: RheaSession, name: string, handle: number, options: unknown) => RheaLink;

export interface RheaSession extends EventEmitter {
  readonly connection: RheaConnection;
  readonly links: Record<string, RheaLink>;
  readonly local: { readonly handles: Record<number, RheaLink> };
  readonly remote: { readonly handles: Record<number, RheaLink> };
  readonly outgoing: {
    readonly next_delivery_id: number;
    readonly next_pending_delivery: number;
    readonly deliveries: { readonly entries: (RheaDelivery | undefined)[] };
    available(): number;
  };
  readonly incoming: {
    next_transfer_id: number;
    next_delivery_id: number | undefined;
    on_transfer(frame: Frame, receiver: RheaReceiver): void;
  };
  create_link(name: string, factory: LinkFactory, options: unknown): RheaLink;
  create_sender(name: string): RheaLink;
  create_receiver(name: string): RheaLink;
  on_attach(frame: Frame): void;
  on_disposition(frame: Frame): void;
}

export interface RheaConnection extends EventEmitter {
  input(bytes: Buffer): void;
  accept(socket: Socket): void;
  close(error?: AmqpErrorFields): void;
  is_open(): boolean;
  _register(): void;
  _process(): void;
  _disconnected(): void;
}

export interface RheaContext {
  readonly session: RheaSession;
  readonly sender: RheaSender;
  readonly receiver: RheaReceiver;
  readonly delivery: RheaDelivery;
  readonly message: Buffer;
  readonly format: number;
}

interface Outcomes {
  accepted(): { described(): Typed };
  rejected(fields: { error: AmqpErrorFields }): { described(): Typed };
}

const outcomes = message as unknown as Outcomes;

export const accepted = (): Typed => outcomes.accepted().described();
export const rejected = (error: AmqpErrorFields): Typed => outcomes.rejected({ error }).described();
