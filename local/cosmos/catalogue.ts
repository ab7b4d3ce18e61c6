import { randomBytes } from 'node:crypto';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { openStore, type Store } from '../store';
import { migrations } from './data/schema';
import { createCatalogueServer } from './wire/server';
import type { Clock } from './wire/service';
import { Throttle, type ThrottleOrder } from './wire/throttle';

export interface CatalogueOptions {
  /** Where documents are kept; absent, they are gone with the process. */
  readonly dataFolder?: string;
  /** 0 takes a free one. */
  readonly port: number;
  /** The account key, base64. */
  readonly key: string;
  readonly clock?: Clock;
}

export interface Catalogue {
  readonly port: number;
  readonly endpoint: string;
  readonly key: string;
  /** Refuses the next requests with 429. */
  throttle(order: ThrottleOrder): void;
  /** Removes documents whose time to live is over; it happens by itself every minute. */
  purge(): Promise<number>;
  stop(): Promise<void>;
}

const purgeEveryInMs = 60_000;

/** Opens the store and serves it on 127.0.0.1. */
export async function startCatalogue({
  dataFolder,
  port,
  key,
  clock = { now: () => Date.now() },
}: CatalogueOptions): Promise<Catalogue> {
  const file = dataFolder === undefined ? ':memory:' : join(dataFolder, 'catalogue.db');
  const store = openStore({ file, migrations, name: 'the catalogue' });
  const throttle = new Throttle();
  try {
    const service = { store, clock, salt: await saltOf(store) };
    const server = createCatalogueServer({ service, key, throttle });
    const bound = await listen(server, port);
    const timer = setInterval(() => void purge(store, clock).catch(() => undefined), purgeEveryInMs).unref();
    return {
      port: bound,
      endpoint: `http://127.0.0.1:${bound}/`,
      key,
      throttle: (order) => throttle.set(order),
      purge: () => purge(store, clock),
      stop: async () => {
        clearInterval(timer);
        await close(server);
        await store.close();
      },
    };
  } catch (error) {
    await store.close();
    throw error;
  }
}

/** Drawn once for a file, so that an etag of a catalogue that was thrown away fits nothing in the next one. */
function saltOf(store: Store): Promise<string> {
  return store.write((database) => {
    const known = database.get<{ value: string }>("SELECT value FROM facts WHERE name = 'salt'");
    if (known !== undefined) return known.value;
    const salt = randomBytes(10)
      .toString('hex')
      .replace(/^(.{8})(.{4})(.{4})/, '$1-$2-$3-');
    database.run("INSERT INTO facts (name, value) VALUES ('salt', ?)", salt);
    return salt;
  });
}

async function purge(store: Store, clock: Clock): Promise<number> {
  const now = clock.now();
  const due = store.read((database) =>
    database.get('SELECT 1 FROM documents WHERE expiresAt <= ? LIMIT 1', now),
  );
  if (due === undefined) return 0;
  return store.write((database) => database.run('DELETE FROM documents WHERE expiresAt <= ?', now).changes);
}

function listen(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => resolve((server.address() as AddressInfo).port));
  });
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeIdleConnections();
    // Connections with a request on them end when it is answered; those that hang do not hold us up.
    setTimeout(() => server.closeAllConnections(), 1000).unref();
  });
}
