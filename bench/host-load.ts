import { spawn, type ChildProcess } from 'node:child_process';
import http from 'node:http';
import path from 'node:path';
import { openStore } from '../local/store';

export interface RequestOptions {
  readonly method?: string;
  readonly body?: string;
}

const agent = new http.Agent({ keepAlive: true, maxSockets: 64 });

/** One request on a kept connection. */
export function request(url: string, { method = 'GET', body }: RequestOptions = {}): Promise<string> {
  return new Promise((resolve, reject) => {
    const outgoing = http.request(url, { method, agent }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (part: string) => (text += part));
      response.on('end', () =>
        (response.statusCode ?? 500) < 400
          ? resolve(text)
          : reject(new Error(`${url} answered ${response.statusCode ?? 0}`)),
      );
    });
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}

/** How often per second the work gets done, `count` times by this many at once. */
export async function perSecond(
  count: number,
  concurrency: number,
  work: (index: number) => Promise<unknown>,
): Promise<number> {
  const startedAtMs = performance.now();
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < count) await work(next++);
  };
  await Promise.all(Array.from({ length: concurrency }, worker));
  return (count * 1000) / (performance.now() - startedAtMs);
}

/** Transactions per second, each with its own fsync, on the disk of this folder. */
export async function rawTransactionsPerSecond(folder: string): Promise<number> {
  const store = openStore({
    file: path.join(folder, 'raw.sqlite'),
    migrations: ['CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT, text TEXT)'],
    name: 'raw limit',
  });
  const text = 'x'.repeat(200);
  const rate = await perSecond(1_000, 1, () =>
    store.write((database) => database.run('INSERT INTO t (text) VALUES (?)', text)),
  );
  await store.close();
  return rate;
}

const bareServer = `
  const server = require('node:http').createServer((request, response) => response.end('bare'));
  server.listen(0, '127.0.0.1', () => process.send(server.address().port));`;

/** The least a Node process can do: answer. */
export async function startBareServer(): Promise<{ port: number; process: ChildProcess }> {
  const child = spawn(process.execPath, ['-e', bareServer], {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const port = await new Promise<number>((resolve) =>
    child.once('message', (message) => resolve(Number(message))),
  );
  return { port, process: child };
}

/** Milliseconds until the promise resolves. */
export async function durationOf(work: () => Promise<unknown>): Promise<number> {
  const startedAtMs = performance.now();
  await work();
  return performance.now() - startedAtMs;
}
