import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ServiceBusClient } from '@azure/service-bus';
import { startBroker, type Entities } from '../../../local/servicebus';
import { systemClock } from '../../../local/servicebus/clock';
import { parseMessage } from '../../../local/servicebus/encoding/incoming-message';
import { parseEntities } from '../../../local/servicebus/entities';
import { type Consumer, type Delivery } from '../../../local/servicebus/queues/lane';
import { Namespace } from '../../../local/servicebus/queues/namespace';
import { migrations } from '../../../local/servicebus/queues/rows';
import { openStore, type Store } from '../../../local/store';
import { message as codec } from 'rhea';
import { startBrokerProcess, trialKey } from '../../support/servicebus/broker-process';

const entities: Entities = { queues: [{ name: 'plain' }] };

describe('the broker', () => {
  const folder = mkdtempSync(join(tmpdir(), 'broker-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('goes on after a restart: messages, dead letters, session state, numbers', async () => {
    const dataFolder = join(folder, 'restart');
    const declared: Entities = { queues: [{ name: 'plain' }, { name: 'sessions', requiresSession: true }] };
    const first = await startBroker({ dataFolder, entities: declared, port: 0, key: trialKey });
    let client = new ServiceBusClient(first.connectionString);
    await client.createSender('plain').sendMessages([{ body: 1 }, { body: 2 }, { body: 3 }]);
    const receiver = client.createReceiver('plain');
    const [one, two] = await receiver.receiveMessages(2);
    if (one === undefined || two === undefined) throw new Error('two messages were sent');
    await receiver.completeMessage(one);
    await receiver.deadLetterMessage(two);
    const session = await client.acceptSession('sessions', 's');
    await session.setSessionState({ step: 1 });
    await client.close();
    await first.stop();

    const second = await startBroker({ dataFolder, entities: declared, port: 0, key: trialKey });
    client = new ServiceBusClient(second.connectionString);
    await client.createSender('plain').sendMessages({ body: 4 });
    const [three, four] = await client.createReceiver('plain').peekMessages(10);
    expect([three?.body, four?.body]).toEqual([3, 4]);
    expect(String(four?.sequenceNumber)).toBe('4');
    const dead = await client.createReceiver('plain', { subQueueType: 'deadLetter' }).peekMessages(10);
    expect(dead.map(({ body }) => body as number)).toEqual([2]);
    const again = await client.acceptSession('sessions', 's');
    expect(await again.getSessionState()).toEqual({ step: 1 });
    await client.close();
    await second.stop();
  });

  it('refuses to share its data with another process', async () => {
    const dataFolder = join(folder, 'shared');
    const broker = await startBroker({ dataFolder, entities, port: 0, key: trialKey });
    await expect(startBroker({ dataFolder, entities, port: 0, key: trialKey })).rejects.toThrow(
      'already open',
    );
    await broker.stop();
  });

  it('says when its port is taken', async () => {
    const broker = await startBroker({ entities, port: 0, key: trialKey });
    await expect(startBroker({ entities, port: broker.port, key: trialKey })).rejects.toThrow('EADDRINUSE');
    await broker.stop();
  });

  it('stops clean on SIGTERM', async () => {
    const broker = await startBrokerProcess(mkdtempSync(join(folder, 'process-')), entities);
    expect(await broker.stop()).toBe(0);
  });

  it('refuses declarations it does not understand, by name', () => {
    expect(() => parseEntities({ queues: [{ name: 'a', forwardTo: 'b' }] })).toThrow('forwardTo');
    expect(() => parseEntities({ queues: [{ name: 'a', lockDuration: '5 minutes' }] })).toThrow('ISO 8601');
    expect(() => parseEntities({ queues: [{ name: 'a' }, { name: 'A' }] })).toThrow('declared twice');
    expect(() => parseEntities({ queues: [{ name: '../a' }] })).toThrow('not an entity name');
  });
});

describe('a queue on a full disk', () => {
  it('refuses sends and settlements, keeps its messages, and goes on when there is room', async () => {
    const store = openStore({ file: ':memory:', name: 'the trial', migrations });
    let isFull = false;
    const fickle: Store = {
      write: (change) =>
        isFull
          ? Promise.reject(new Error('could not be written: database or disk is full'))
          : store.write(change),
      read: (query) => store.read(query),
      compact: () => store.compact(),
      close: () => store.close(),
    };
    const namespace = await Namespace.open({
      store: fickle,
      clock: systemClock,
      entities: parseEntities(entities),
      log: () => undefined,
    });
    const { intake, queue } = namespace.find('plain');
    const message = parseMessage(codec.encode({ body: 'x' }), () => 'id');
    await intake?.accept([message]);
    const taken: Delivery[] = [];
    queue?.attach(keeper(taken));
    const token = taken[0]?.token ?? '';

    isFull = true;
    await expect(intake?.accept([message])).rejects.toThrow('disk is full');
    await expect(queue?.settlement.complete(token)).rejects.toThrow('disk is full');
    await expect(queue?.settlement.abandon(token, {})).rejects.toThrow('disk is full');

    isFull = false;
    await queue?.settlement.complete(token);
    await intake?.accept([message]);
    expect(taken).toHaveLength(2);
    namespace.stop();
    await store.close();
  });
});

/** A receiver that takes everything and settles nothing. */
function keeper(taken: Delivery[]): Consumer {
  return {
    isDestructive: false,
    hasRoom: () => true,
    reserve: () => undefined,
    cancelReservation: () => undefined,
    deliver: (delivery) => void taken.push(delivery),
    sessionLost: () => undefined,
  };
}
