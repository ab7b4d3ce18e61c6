import { type EventContext, type Sender } from 'rhea';
import { bodyOf, complete, connectRaw, dataMessage, type RawClient } from './raw-client';
import { trialKey } from './broker-process';

export const loadQueue = 'load';
export const loadSessions = ['a', 'b', 'c', 'd'];

/** What the clients know across all the crashes. */
export class Ledger {
  readonly acknowledged = new Set<string>();
  readonly received = new Set<string>();
  readonly completed = new Set<string>();
  /** Came once more after a completion that was never answered, or before one. */
  duplicates = 0;
  /** Came once more although the broker had answered its completion. */
  returned = 0;
  /** Came for the first time after a later one of its session. */
  outOfOrder = 0;
  /** Called at every acknowledgement. */
  onAcknowledged: () => void = () => undefined;
  readonly #sent = new Map<string, number>();
  readonly #latest = new Map<string, number>();

  next(session: string): string {
    const number = (this.#sent.get(session) ?? 0) + 1;
    this.#sent.set(session, number);
    return `${session}:${number}`;
  }

  acknowledge(name: string): void {
    this.acknowledged.add(name);
    this.onAcknowledged();
  }

  take(name: string): void {
    if (this.completed.has(name)) this.returned += 1;
    if (this.received.has(name)) {
      this.duplicates += 1;
      return;
    }
    this.received.add(name);
    const [session = '', number = '0'] = name.split(':');
    if (Number(number) < (this.#latest.get(session) ?? 0)) this.outOfOrder += 1;
    this.#latest.set(session, Math.max(this.#latest.get(session) ?? 0, Number(number)));
  }

  lost(): string[] {
    return [...this.acknowledged].filter((name) => !this.received.has(name));
  }
}

const messagesInFlight = 4;

/** Sends to and receives from every session until the connection breaks. */
export async function putLoad(port: number, ledger: Ledger): Promise<RawClient> {
  const client = await connectRaw(port, trialKey);
  for (const session of loadSessions) {
    sendEndlessly(client.sender(loadQueue), session, ledger);
    receiveEndlessly(client, session, ledger);
  }
  return client;
}

function sendEndlessly(sender: Sender, session: string, ledger: Ledger): void {
  const names = new Map<unknown, string>();
  const sendOne = (): void => {
    const name = ledger.next(session);
    names.set(sender.send(dataMessage(name, session) as never), name);
  };
  sender.once('sendable', () => {
    for (let count = 0; count < messagesInFlight; count += 1) sendOne();
  });
  sender.on('accepted', ({ delivery }: EventContext) => {
    ledger.acknowledge(names.get(delivery) ?? '');
    names.delete(delivery);
    sendOne();
  });
}

export function receiveEndlessly(client: RawClient, session: string, ledger: Ledger): void {
  const names = new Map<unknown, string>();
  const receiver = client.receiver(loadQueue, { sessionId: session, credit: 20 });
  receiver.on('message', ({ message, delivery }: EventContext) => {
    const name = bodyOf(message);
    ledger.take(name);
    names.set(delivery, name);
    if (delivery) complete(delivery);
  });
  receiver.on('settled', ({ delivery }: EventContext) => {
    ledger.completed.add(names.get(delivery) ?? '');
    names.delete(delivery);
  });
}
