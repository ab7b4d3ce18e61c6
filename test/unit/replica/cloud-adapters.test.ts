import { ClientSecretCredential } from '@azure/identity';
import { ServiceBusClient } from '@azure/service-bus';
import { type BlobServiceClient } from '@azure/storage-blob';
import { randomUUID } from 'node:crypto';
import { BlobLogCache } from '../../../shared/azure/blob-log-cache';
import { BlobUploadGrants } from '../../../shared/azure/blob-upload-grants';
import { ServiceBusDoorbells } from '../../../shared/azure/service-bus-doorbells';
import { ServiceBusEvents } from '../../../shared/azure/service-bus-events';
import { Doorbell } from '../../../shared/contracts/doorbell';
import { logBlobName } from '../../../shared/model/log-name';
import { systemClock } from '../../../shared/system/system-clock';
import { strictBlobService } from '../../support/strict-azure/strict-azure';
import { startStack, type Stack } from '../../support/stack';

let stack: Stack;
beforeAll(async () => {
  stack = await startStack({ parts: ['identity', 'cache', 'servicebus'] });
});
afterAll(() => stack.stop());

const fact = (name: string): string => stack.facts[name] ?? `no ${name}`;
const hourInMs = 3_600_000;

describe('an upload grant', () => {
  const cacheService = (): BlobServiceClient => {
    const credential = new ClientSecretCredential(
      fact('identity.tenantId'),
      fact('principal.app.clientId'),
      fact('principal.app.secret'),
      { authorityHost: fact('identity.endpoint'), disableInstanceDiscovery: true },
    );
    return strictBlobService(fact('cache.endpoint'), credential);
  };

  it('lets an agent create logs of one epoch, and nothing else', async () => {
    const service = cacheService();
    const cache = new BlobLogCache(service);
    const replicaId = randomUUID();
    await cache.createEpoch(replicaId, 1);
    await cache.createEpoch(replicaId, 2);
    const { url } = await new BlobUploadGrants(service, systemClock).grant(
      replicaId,
      1,
      Date.now() + hourInMs,
    );
    const put = (at: string): Promise<Response> =>
      fetch(at, { method: 'PUT', body: 'log', headers: { 'x-ms-blob-type': 'BlockBlob' } });
    const log = withPath(url, logBlobName(7, 0));

    expect((await put(log)).status).toBe(201);
    expect((await put(log)).status).toBe(403);
    for (const method of ['GET', 'HEAD', 'DELETE']) expect((await fetch(log, { method })).status).toBe(403);
    const listing = `${url}&restype=container&comp=list`;
    expect((await fetch(listing)).status).toBe(403);
    const elsewhere = withPath(url.replace(`${replicaId}-1`, `${replicaId}-2`), logBlobName(7, 0));
    expect((await put(elsewhere)).status).toBe(403);
    expect(await cache.attempts(replicaId, 1, 7)).toHaveLength(1);

    await cache.removeEpoch(replicaId, 1);
    expect((await put(withPath(url, logBlobName(8, 0)))).status).toBe(404);
  });

  it('lasts an hour at most, and no longer than asked', async () => {
    const now = Date.UTC(2030, 0, 1);
    const grants = new BlobUploadGrants(cacheService(), { ...systemClock, now: () => now });
    const long = await grants.grant(randomUUID(), 1, now + 5 * hourInMs);
    expect(long.expiresAtMs).toBe(now + hourInMs);
    const short = await grants.grant(randomUUID(), 1, now + 60_000);
    expect(new URL(short.url).searchParams.get('se')).toBe('2030-01-01T00:01:00Z');
    expect(new URL(short.url).searchParams.get('sp')).toBe('c');
    expect(new URL(short.url).searchParams.get('spr')).toBe('https');
  });
});

describe('on the bus', () => {
  let bus: ServiceBusClient;
  beforeAll(() => {
    bus = new ServiceBusClient(fact('servicebus.connectionString'));
  });
  afterAll(() => bus.close());

  it('a doorbell comes in the session of its replica, and says no more than its name', async () => {
    const replicaId = randomUUID();
    await new ServiceBusDoorbells(bus.createSender('doorbells')).ring(replicaId);
    const receiver = await bus.acceptSession('doorbells', replicaId);
    const [message] = await receiver.receiveMessages(1, { maxWaitTimeInMs: 5_000 });
    expect(Doorbell.parse(message?.body)).toEqual({ replicaId });
    await receiver.close();
  });

  it('an event is a CloudEvent that subscribers can filter by type and subject', async () => {
    const event = {
      id: `created/${randomUUID()}`,
      type: 'lifeboat.recovery-point.created',
      subject: 'vaults/one/items/two',
      timeInMs: Date.UTC(2030, 0, 1),
      data: { kind: 'crash' },
    };
    await new ServiceBusEvents(bus.createSender('events'), 'lifeboat').publish(event);
    const receiver = bus.createReceiver('events', 'all');
    const [message] = await receiver.receiveMessages(1, { maxWaitTimeInMs: 5_000 });
    expect(message).toMatchObject({
      messageId: event.id,
      contentType: 'application/cloudevents+json; charset=utf-8',
      applicationProperties: { type: event.type, subject: event.subject },
      body: {
        ...{ specversion: '1.0', id: event.id, source: 'lifeboat', type: event.type, subject: event.subject },
        ...{ time: '2030-01-01T00:00:00.000Z', datacontenttype: 'application/json', data: event.data },
      },
    });
    await receiver.close();
  });
});

function withPath(containerUrl: string, name: string): string {
  const url = new URL(containerUrl);
  url.pathname += `/${name}`;
  return url.toString();
}
