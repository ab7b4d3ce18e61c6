import {
  type Connection,
  create_container,
  message as codec,
  type Receiver,
  type Sender,
  type Session,
} from 'rhea';

/** A bare AMQP client: no retries, no timers, so that a broker can be killed under it. */
export interface RawClient {
  readonly connection: Connection;
  /** Each link gets an AMQP session of its own, as the official client does it. */
  sender(queue: string): Sender;
  receiver(queue: string, options: { sessionId?: string | null; credit: number }): Receiver;
  close(): Promise<void>;
}

const accepted = (codec as unknown as { accepted(): { described(): unknown } }).accepted().described();

export function connectRaw(port: number, key: string): Promise<RawClient> {
  const container = create_container();
  container.on('error', () => undefined);
  container.on('disconnected', () => undefined);
  const connection = container.connect({
    host: '127.0.0.1',
    port,
    username: 'local',
    password: key,
    reconnect: false,
  });
  connection.on('connection_error', () => undefined);
  const newSession = (): Session => {
    const session = connection.create_session();
    session.begin();
    return session;
  };
  const client: RawClient = {
    connection,
    sender: (queue) => newSession().open_sender({ target: { address: queue }, autosettle: true }),
    receiver: (queue, { sessionId, credit }) =>
      newSession().open_receiver({
        source: {
          address: queue,
          ...(sessionId !== undefined && { filter: { 'com.microsoft:session-filter': sessionId as never } }),
        },
        autoaccept: false,
        autosettle: true,
        rcv_settle_mode: 1,
        snd_settle_mode: 0,
        credit_window: credit,
      }),
    close: () =>
      new Promise((resolve) => {
        connection.once('connection_close', () => resolve());
        connection.once('disconnected', () => resolve());
        connection.close();
      }),
  };
  return new Promise((resolve, reject) => {
    connection.once('connection_open', () => resolve(client));
    connection.once('disconnected', () => reject(new Error('the broker did not let us in')));
  });
}

/** Completes a delivery: the broker's answer arrives as `settled` on the receiver. */
export function complete(delivery: { update(settled: boolean, state: unknown): void }): void {
  delivery.update(false, accepted);
}

/** The content of a message whose body is one data section. */
export function bodyOf(message: { body?: { content?: Buffer } } | undefined): string {
  return message?.body?.content?.toString() ?? '';
}

export function dataMessage(text: string, sessionId?: string): object {
  const body = codec.data_section(Buffer.from(text)) as unknown;
  return sessionId === undefined ? { body } : { body, group_id: sessionId };
}
