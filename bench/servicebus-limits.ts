import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { create_container, type EventContext } from 'rhea';
import { openStore } from '../local/store';

export async function perSecond(count: number, work: () => Promise<unknown>): Promise<number> {
  const startedAtMs = performance.now();
  await work();
  return (count * 1_000) / (performance.now() - startedAtMs);
}

/** Small SQLite transactions, each on disk before the next begins. */
export async function durableTransactionsPerSecond(folder: string): Promise<number> {
  const store = openStore({
    file: join(folder, 'limit.db'),
    name: 'the limit',
    migrations: ['CREATE TABLE numbers (number INTEGER PRIMARY KEY) STRICT'],
  });
  const count = 500;
  const rate = await perSecond(count, async () => {
    for (let number = 0; number < count; number += 1) {
      await store.write((database) => database.run('INSERT INTO numbers VALUES (?)', number));
    }
  });
  await store.close();
  return rate;
}

/** Transfers from one rhea to another over a socket, settled one by one, with nothing behind them. */
export async function rheaTransfersPerSecond(body: Buffer): Promise<number> {
  const count = 10_000;
  const container = create_container();
  const server = container.listen({ port: 0, host: '127.0.0.1' });
  await new Promise((resolve) => server.once('listening', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const client = create_container();
  const connection = client.connect({ host: '127.0.0.1', port, username: 'anyone', reconnect: false });
  const sender = connection.open_sender('anything');
  const rate = await perSecond(count, () => {
    let sent = 0;
    let accepted = 0;
    return new Promise<void>((resolve) => {
      sender.on('sendable', () => {
        while (sender.sendable() && sent < count) {
          sender.send({ body });
          sent += 1;
        }
      });
      sender.on('accepted', (_: EventContext) => {
        accepted += 1;
        if (accepted === count) resolve();
      });
    });
  });
  await new Promise<void>((resolve) => {
    connection.once('connection_close', () => resolve());
    connection.close();
  });
  server.close();
  return rate;
}
