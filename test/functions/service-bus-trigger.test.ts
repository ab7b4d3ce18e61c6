import http, { type Server } from 'node:http';
import { type AddressInfo } from 'node:net';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { ServiceBusClient } from '@azure/service-bus';
import { type Broker, startBroker } from '../../local/servicebus';
import { type AppFolder, sampleApp } from '../support/host/app-folder';
import { Gate } from '../support/host/gate';
import { sampleEntities } from '../support/host/sample-entities';
import { sampleHostFile } from '../support/host/sample-host-file';
import { eventually, startTestHost, type TestHost } from '../support/host/test-host';

const key = 'dHJpYWw=';
let brokerFolder: string;
let broker: Broker;
let folder: AppFolder;
let gate: Gate;
let host: TestHost | undefined;

beforeEach(async () => {
  brokerFolder = mkdtempSync(path.join(tmpdir(), 'broker-'));
  broker = await startBroker({ dataFolder: brokerFolder, entities: sampleEntities, port: 0, key });
  folder = sampleApp('{bus,seen}', sampleHostFile);
  gate = await Gate.start();
});
afterEach(async () => {
  await host?.kill();
  gate.close();
  host = undefined;
  await broker.stop();
  folder.remove();
  rmSync(brokerFolder, { recursive: true, force: true });
});

async function start(options: Parameters<typeof startTestHost>[1] = {}): Promise<TestHost> {
  host = await startTestHost(folder, { ...options, environment: { SERVICE_BUS: broker.connectionString } });
  return host;
}

async function send(queue: string, ...messages: { body: object; sessionId?: string }[]): Promise<void> {
  const client = new ServiceBusClient(broker.connectionString);
  await client.createSender(queue).sendMessages(messages);
  await client.close();
}

/** How many messages are still in the queue, settled by nobody. */
async function left(queue: string): Promise<number> {
  const client = new ServiceBusClient(broker.connectionString);
  const messages = await client.createReceiver(queue).peekMessages(10);
  await client.close();
  return messages.length;
}

const seenBy = async (kind: string): Promise<number> =>
  ((await host?.json(`/api/seen/${kind}`)) as unknown[]).length;

/** Something that keeps data: it counts the requests to save, and answers what it is told to. */
async function startKeeper(): Promise<{
  url: string;
  state: { status: number; asked: number };
  server: Server;
}> {
  const state = { status: 200, asked: 0 };
  const server = http.createServer((request, response) => {
    state.asked += request.method === 'POST' ? 1 : 0;
    response.statusCode = state.status;
    response.end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/save`, state, server };
}

describe('the durability gate', () => {
  it('completes no message before it opens: the message comes again until it does', async () => {
    const keeper = await startKeeper();
    keeper.state.status = 503;
    await start({ beforeSettleUrl: keeper.url });
    await send('sessions', { body: { n: 1 }, sessionId: 's' });
    await eventually(
      () => seenBy('sessioned'),
      (count) => count >= 2,
    );
    expect(await left('sessions')).toBe(1);
    expect(host?.logs.join('\n')).toContain(`the durability gate is closed: ${keeper.url} answered 503`);
    keeper.state.status = 200;
    await eventually(
      () => left('sessions'),
      (count) => count === 0,
    );
    keeper.server.close();
  });

  it('is asked once for many messages that end together, and not for one that fails', async () => {
    const keeper = await startKeeper();
    await start({ beforeSettleUrl: keeper.url });
    await send('plain', ...Array.from({ length: 8 }, () => ({ body: { heldBy: gate.url } })));
    await eventually(
      () => gate.arrived,
      (count) => count === 8,
    );
    gate.open();
    await eventually(
      () => left('plain'),
      (count) => count === 0,
    );
    expect(keeper.state.asked).toBeGreaterThan(0);
    expect(keeper.state.asked).toBeLessThan(8);
    const asked = keeper.state.asked;
    await send('plain', { body: { failTimes: 99 } });
    await eventually(
      () => seenBy('queued'),
      (count) => count === 8 + 3,
    );
    expect(keeper.state.asked).toBe(asked);
    keeper.server.close();
  });
});

describe('a broker', () => {
  it('that is down does not keep the host from starting, and is found when it comes', async () => {
    const { port } = broker;
    await broker.stop();
    await start();
    expect((await host?.get('/api/seen'))?.status).toBe(200);
    await eventually(
      () => host?.logs ?? [],
      (lines) => lines.some((line) => line.includes('Cannot receive from')),
    );
    broker = await startBroker({ dataFolder: brokerFolder, entities: sampleEntities, port, key });
    await send('sessions', { body: { n: 1 }, sessionId: 's' });
    await send('plain', { body: { n: 1 } });
    await eventually(
      async () => [await seenBy('sessioned'), await seenBy('queued')],
      ([sessioned = 0, queued = 0]) => sessioned > 0 && queued > 0,
    );
  });

  it('that goes away under a running function costs nothing: what was not settled comes again', async () => {
    await start();
    const { port } = broker;
    await send('sessions', { body: { heldBy: gate.url }, sessionId: 's' });
    await send('plain', { body: { heldBy: gate.url } });
    await eventually(
      () => gate.arrived,
      (count) => count === 2,
    );
    await broker.stop();
    gate.open();
    broker = await startBroker({ dataFolder: brokerFolder, entities: sampleEntities, port, key });
    await eventually(
      async () => (await left('sessions')) + (await left('plain')),
      (count) => count === 0,
    );
    expect(await seenBy('sessioned')).toBeGreaterThan(1);
    expect(await seenBy('queued')).toBeGreaterThan(1);
  });
});

describe('a host that stops', () => {
  it('lets the running message end and settles it', async () => {
    const running = await start();
    await send(
      'sessions',
      { body: { heldBy: gate.url }, sessionId: 's' },
      { body: { n: 2 }, sessionId: 's' },
    );
    await eventually(
      () => gate.arrived,
      (count) => count > 0,
    );
    const stopped = running.stop();
    await eventually(
      () => running.logs,
      (lines) => lines.some((line) => line.includes('waiting for running functions to end')),
    );
    gate.open();
    await stopped;
    expect(await running.exited).toEqual({ code: 0, signal: null });
    expect(await left('sessions')).toBe(1);
  });
});
