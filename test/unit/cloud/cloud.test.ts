import { CosmosClient } from '@azure/cosmos';
import { ServiceBusClient } from '@azure/service-bus';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { httpBarrier } from '../../../shared/azure/http-barrier';
import { readSettings } from '../../../shared/settings';
import { startStack, type Stack } from '../../support/stack';

describe('the local cloud', () => {
  let stack: Stack;
  const fact = (name: string) => stack.facts[name] ?? `no ${name}`;

  beforeAll(async () => {
    stack = await startStack();
  });
  afterAll(() => stack.stop());

  it('gives the app every setting it needs, each as the sample names it', () => {
    const settings = readSettings(stack.environment);
    expect(settings.TARGET_BLOB_ENDPOINT).toBe(fact('target.endpoint'));
    const sample = JSON.parse(readFileSync('local.settings.sample.json', 'utf8')) as {
      Values: Record<string, string>;
    };
    const needed = Object.keys(sample.Values).filter((name) => sample.Values[name] !== '');
    expect(Object.keys(stack.environment)).toEqual(expect.arrayContaining(needed));
  });

  it('serves the app, which serves again after its host was killed', async () => {
    const health = async () => (await fetch(`${fact('host.secureEndpoint')}/api/health`)).status;
    expect(await health()).toBe(200);
    await stack.kill('host');
    expect(await health()).toBe(200);
  });

  it('brings back a killed broker and a killed catalogue with what they held', async () => {
    const cosmos = new CosmosClient({ endpoint: fact('cosmos.endpoint'), key: fact('cosmos.key') });
    const { database } = await cosmos.databases.createIfNotExists({ id: 'kept' });
    const { container } = await database.containers.createIfNotExists({ id: 'c', partitionKey: '/id' });
    await container.items.create({ id: 'one', word: 'given' });
    const send = async (body: string) => {
      const client = new ServiceBusClient(fact('servicebus.connectionString'));
      await client.createSender('events').sendMessages({ body });
      await client.close();
    };
    await send('before');
    const host = stack.pid('host');
    await Promise.all([stack.kill('servicebus'), stack.kill('cosmos')]);
    await send('after');

    const { resource } = await container.item('one', 'one').read<{ word: string }>();
    expect(resource?.word).toBe('given');
    const client = new ServiceBusClient(fact('servicebus.connectionString'));
    const receiver = client.createReceiver('events', 'all', { receiveMode: 'receiveAndDelete' });
    const bodies: unknown[] = [];
    while (bodies.length < 2) {
      bodies.push(...(await receiver.receiveMessages(2, { maxWaitTimeInMs: 5_000 })).map(({ body }) => body));
    }
    await client.close();
    expect(bodies).toEqual(['before', 'after']);
    expect(stack.pid('host')).toBe(host);
  });

  it('lets only a host that was born after it meet a storage that came back', async () => {
    const before = stack.pid('host');
    await stack.kill('target');
    expect(stack.pid('host')).not.toBe(before);
    const order = stack.lines.filter((line) =>
      /^cloud \| (target ended|target serves|host (is ended|serves))/.test(line),
    );
    expect(order.slice(-4)).toEqual([
      'cloud | target ended: signal SIGKILL.',
      'cloud | host is ended and started anew, because target ended.',
      'cloud | target serves again.',
      'cloud | host serves again.',
    ]);
  });

  it('passes the barrier only when every account has saved', async () => {
    await httpBarrier(fact('barrier.url')).pass();
    await httpBarrier(undefined).pass();
    process.kill(stack.pid('cache'), 'SIGSTOP');
    const passing = httpBarrier(fact('barrier.url')).pass();
    const renewed = stack.kill('cache');
    await expect(passing).rejects.toMatchObject({ code: 'InternalError', retry: 'later' });
    await renewed;
  });
});

describe('the barrier', () => {
  it.each([[204], [500], [503]])('takes nothing but 200 for a promise, not %d', async (status) => {
    const server = createServer((_, response) => response.writeHead(status).end());
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    await expect(httpBarrier(`http://127.0.0.1:${port}`).pass()).rejects.toThrow(`it answered ${status}`);
    server.close();
  });

  it('does not pass where nobody answers', async () => {
    await expect(httpBarrier('http://127.0.0.1:1/save').pass()).rejects.toThrow('did not answer');
  });
});
