import { strict as assert } from 'node:assert';
import { Gate } from '../../support/host/gate';
import { eventually } from '../../support/host/test-host';
import { type HostWorld, rowsOf } from './row';

interface SeenMessage {
  readonly message: Record<string, unknown>;
  readonly triggerMetadata: Record<string, unknown>;
}

/** What the sample app saw of the messages with this mark. */
async function seen({ host }: HostWorld, kind: string, mark: string): Promise<SeenMessage[]> {
  const all = (await host.json(`/api/seen/${kind}`)) as SeenMessage[];
  return all.filter(({ message }) =>
    (Array.isArray(message) ? message : [message]).some((one) => isMarked(one, mark)),
  );
}

function isMarked(message: unknown, mark: string): boolean {
  return typeof message === 'object' && message !== null && 'mark' in message && message.mark === mark;
}

const comes = (world: HostWorld, kind: string, mark: string, count = 1): Promise<SeenMessage[]> =>
  eventually(
    () => seen(world, kind, mark),
    (messages) => messages.length >= count,
  );

async function isEmpty({ bus }: HostWorld, queue: string): Promise<void> {
  const left = async (): Promise<number> => {
    // A receiver remembers where it peeked last, so each look takes a new one.
    const receiver = bus.createReceiver(queue);
    const messages = await receiver.peekMessages(10);
    await receiver.close();
    return messages.length;
  };
  await eventually(left, (count) => count === 0);
}

export const serviceBusRows = rowsOf('Service Bus', {
  'a queue message: body, properties, metadata; completed on success': async (world) => {
    const sender = world.bus.createSender('plain');
    await sender.sendMessages({
      body: { mark: 'one' },
      messageId: 'first message',
      correlationId: 'c',
      subject: 's',
      applicationProperties: { DiskId: 'x', count: 2 },
    });
    const [found] = await comes(world, 'queued', 'one');
    const { messageId, deliveryCount, correlationId, subject, applicationProperties, sequenceNumber } =
      found?.triggerMetadata ?? {};
    assert.deepEqual([messageId, deliveryCount, correlationId, subject], ['first message', 1, 'c', 's']);
    assert.deepEqual(applicationProperties, { diskId: 'x', count: 2 });
    assert.equal(typeof sequenceNumber, 'number');
    await isEmpty(world, 'plain');
  },
  'a handler that throws: abandoned at once, delivery count + 1': async (world) => {
    await world.bus.createSender('plain').sendMessages({ body: { mark: 'twice', failTimes: 1 } });
    const found = await comes(world, 'queued', 'twice', 2);
    assert.deepEqual(
      found.map(({ triggerMetadata }) => triggerMetadata['deliveryCount']),
      [1, 2],
    );
  },
  "always failing: dead-lettered by the entity's own limit": async (world) => {
    await world.bus.createSender('plain').sendMessages({ body: { mark: 'never', failTimes: 99 } });
    await comes(world, 'queued', 'never', 3);
    const receiver = world.bus.createReceiver('plain', {
      subQueueType: 'deadLetter',
      receiveMode: 'receiveAndDelete',
    });
    const [dead] = await receiver.receiveMessages(1, { maxWaitTimeInMs: 5_000 });
    await receiver.close();
    assert.equal(dead?.deadLetterReason, 'MaxDeliveryCountExceeded');
    assert.equal((await seen(world, 'queued', 'never')).length, 3);
  },
  'several messages at a time': async (world) => {
    const gate = await Gate.start();
    const bodies = Array.from({ length: 6 }, () => ({ body: { mark: 'together', heldBy: gate.url } }));
    await world.bus.createSender('plain').sendMessages(bodies);
    // All have begun, and none may end yet.
    await eventually(
      () => gate.arrived,
      (count) => count === 6,
    );
    assert.deepEqual(await seen(world, 'queuedEnded', 'together'), []);
    gate.open();
    await comes(world, 'queuedEnded', 'together', 6);
    gate.close();
  },
  'sessions: in order within one, several at a time': async (world) => {
    const gate = await Gate.start();
    const messages = ['a', 'b', 'c'].flatMap((sessionId) =>
      [1, 2, 3].map((number) => ({
        body: { mark: 'ordered', sessionId, number, heldBy: gate.url },
        sessionId,
      })),
    );
    await world.bus.createSender('sessions').sendMessages(messages);
    await eventually(
      () => gate.arrived,
      (count) => count === 3,
    );
    gate.open();
    const found = await comes(world, 'sessioned', 'ordered', 9);
    for (const sessionId of ['a', 'b', 'c']) {
      const numbers = found
        .filter(({ message }) => message['sessionId'] === sessionId)
        .map(({ message }) => message['number']);
      assert.deepEqual(numbers, [1, 2, 3]);
    }
    const first = found.slice(0, 3).map(({ message }) => message['sessionId']);
    assert.deepEqual(first.toSorted(), ['a', 'b', 'c']);
    gate.close();
  },
  'a failure in a session: redelivered before the next, order kept': async (world) => {
    await world.bus.createSender('sessions').sendMessages(
      [1, 2, 3].map((number) => ({
        body: { mark: 'retried', number, failTimes: number === 2 ? 1 : 0 },
        sessionId: 'r',
      })),
    );
    const found = await comes(world, 'sessioned', 'retried', 4);
    assert.deepEqual(
      found.map(({ message }) => message['number']),
      [1, 2, 2, 3],
    );
  },
  'batches: one invocation for many messages': async (world) => {
    await world.bus
      .createSender('batches')
      .sendMessages([1, 2, 3].map((number) => ({ body: { mark: 'batch', number } })));
    await comes(world, 'batched', 'batch');
    await isEmpty(world, 'batches');
    const invocations = await seen(world, 'batched', 'batch');
    const numbers = invocations
      .flatMap(({ message }) => Object.values(message))
      .map((one) => (one as { number: number }).number);
    assert.deepEqual(numbers, [1, 2, 3]);
    assert.ok(invocations.length < 3, 'fewer invocations than messages');
  },
  'a topic subscription': async (world) => {
    await world.bus.createSender('news').sendMessages({ body: { mark: 'news' } });
    await comes(world, 'subscribed', 'news');
  },
  'a body that is text or bytes arrives as it is': async (world) => {
    await world.bus
      .createSender('news')
      .sendMessages([{ body: 'just text' }, { body: Buffer.from([0xff, 0xfe]) }]);
    const wanted = ['"just text"', JSON.stringify(Buffer.from([0xff, 0xfe]))];
    await eventually(
      async () =>
        ((await world.host.json('/api/seen/subscribed')) as { message: unknown }[]).map(({ message }) =>
          JSON.stringify(message),
        ),
      (bodies) => wanted.every((body) => bodies.includes(body)),
    );
  },
});
