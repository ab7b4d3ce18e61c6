import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ServiceBusClient } from '@azure/service-bus';
import { startBroker } from '../local/servicebus';
import { durableTransactionsPerSecond, perSecond, rheaTransfersPerSecond } from './servicebus-limits';

const entities = {
  queues: [
    { name: 'plain', maxDeliveryCount: 1_000_000 },
    { name: 'sessions', requiresSession: true },
  ],
};
const body = Buffer.alloc(250, 'x');

/** Messages per second through the official client, beside what the disk and the wire give in the same run. */
async function main(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'bench-servicebus-'));
  const broker = await startBroker({ dataFolder: folder, entities, port: 0, key: 'YmVuY2g=' });
  const client = new ServiceBusClient(broker.connectionString);
  try {
    const disk = await durableTransactionsPerSecond(folder);
    const wire = await rheaTransfersPerSecond(body);
    report('limit: durable SQLite transactions, one by one', disk, disk);
    report('limit: bare rhea transfers', wire, wire);
    report('send, one by one', await sendOneByOne(client, 500), disk);
    report('send, 32 in flight', await sendManyAtOnce(client, 8_000), wire);
    report('receive and complete, 32 at a time', await receiveAndComplete(client, 8_000), wire);
    report('per session: receive and complete in order', await oneSession(client, 2_000), wire);
    await growth(client);
  } finally {
    await client.close();
    await broker.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** A point operation among ever more stored messages: send one, receive the oldest, complete it. */
async function growth(client: ServiceBusClient): Promise<void> {
  let stored = 0;
  let first: number | null = null;
  for (const wanted of [1_000, 10_000, 100_000]) {
    await fill(client, wanted - stored);
    stored = wanted;
    const rate = await roundTrips(client, 300);
    first ??= rate;
    report(`send, receive, complete with ${wanted} stored`, rate, first);
  }
}

async function fill(client: ServiceBusClient, count: number): Promise<void> {
  const sender = client.createSender('plain');
  for (let sent = 0; sent < count; sent += 500) {
    await sender.sendMessages(Array.from({ length: Math.min(500, count - sent) }, () => ({ body })));
  }
  await sender.close();
}

async function roundTrips(client: ServiceBusClient, count: number): Promise<number> {
  const sender = client.createSender('plain');
  const receiver = client.createReceiver('plain');
  const rate = await perSecond(count, async () => {
    for (let turn = 0; turn < count; turn += 1) {
      await sender.sendMessages({ body });
      for (const message of await receiver.receiveMessages(1)) await receiver.completeMessage(message);
    }
  });
  await Promise.all([sender.close(), receiver.close()]);
  return rate;
}

async function sendOneByOne(client: ServiceBusClient, count: number): Promise<number> {
  const sender = client.createSender('plain');
  return perSecond(count, async () => {
    for (let sent = 0; sent < count; sent += 1) await sender.sendMessages({ body });
  });
}

async function sendManyAtOnce(client: ServiceBusClient, count: number): Promise<number> {
  const sender = client.createSender('plain');
  let left = count;
  const sendSome = async (): Promise<void> => {
    while (left-- > 0) await sender.sendMessages({ body });
  };
  return perSecond(count, () => Promise.all(Array.from({ length: 32 }, sendSome)));
}

async function receiveAndComplete(client: ServiceBusClient, count: number): Promise<number> {
  const receiver = client.createReceiver('plain');
  const rate = await perSecond(count, async () => {
    for (let done = 0; done < count;) {
      const messages = await receiver.receiveMessages(32, { maxWaitTimeInMs: 1_000 });
      await Promise.all(messages.map((message) => receiver.completeMessage(message)));
      done += messages.length;
      if (messages.length === 0) throw new Error(`only ${done} of ${count} messages came`);
    }
  });
  await receiver.close();
  const rest = client.createReceiver('plain', { receiveMode: 'receiveAndDelete' });
  while ((await rest.receiveMessages(500, { maxWaitTimeInMs: 200 })).length > 0);
  await rest.close();
  return rate;
}

async function oneSession(client: ServiceBusClient, count: number): Promise<number> {
  const sender = client.createSender('sessions');
  for (let sent = 0; sent < count; sent += 500) {
    await sender.sendMessages(Array.from({ length: 500 }, () => ({ body, sessionId: 'one' })));
  }
  const receiver = await client.acceptSession('sessions', 'one');
  const rate = await perSecond(count, async () => {
    for (let done = 0; done < count;) {
      for (const message of await receiver.receiveMessages(32)) {
        await receiver.completeMessage(message);
        done += 1;
      }
    }
  });
  await receiver.close();
  return rate;
}

function report(what: string, rate: number, limit: number): void {
  console.log(`${what.padEnd(52)} ${rate.toFixed(0).padStart(7)} /s   x${(rate / limit).toFixed(2)}`);
}

main().catch((error: unknown) => {
  console.error(error);
  process.exit(1);
});
