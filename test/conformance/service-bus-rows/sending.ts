import { strict as assert } from 'node:assert';
import { randomUUID } from 'node:crypto';
import { type AmqpAnnotatedMessage } from '@azure/core-amqp';
import { eventually, receive, receiveOne, rejectsWith, type Row, send } from './row';

const bodies: [string, unknown][] = [
  ['an object', { disk: 1, name: 'data' }],
  ['a string', 'grüße'],
  ['bytes', Buffer.from([0, 1, 2, 255])],
  ['an array', [1, 'two', null]],
  ['a number', 42],
];

export const sending: Row[] = [
  {
    operation: 'sendMessages',
    shows: 'keeps every property and the types of application properties',
    run: async (trial) => {
      const sent = {
        body: { disk: 1 },
        messageId: randomUUID(),
        contentType: 'application/json',
        correlationId: 'correlation',
        subject: 'subject',
        to: 'somebody',
        replyTo: 'nobody',
        replyToSessionId: 'there',
        timeToLive: 60_000,
        applicationProperties: {
          whole: 7,
          half: 0.5,
          negative: -3,
          big: 2 ** 40,
          yes: true,
          text: 'ü',
          none: null,
        },
      };
      await send(trial, 'plain', sent);
      const receiver = trial.client.createReceiver('plain');
      const received = await receiveOne(receiver);
      for (const [name, value] of Object.entries(sent)) {
        assert.deepEqual(received[name as keyof typeof sent], value, name);
      }
      assert.ok(received.sequenceNumber);
      assert.ok(Math.abs(Number(received.enqueuedTimeUtc) - Date.now()) < 60_000);
      assert.equal(received.deliveryCount, 0);
      assert.equal(received.state, 'active');
      await receiver.completeMessage(received);
    },
  },
  ...bodies.map(([kind, body]): Row => ({
    operation: 'sendMessages',
    shows: `carries ${kind} as a body`,
    run: async (trial) => {
      await send(trial, 'plain', { body });
      const receiver = trial.client.createReceiver('plain', { receiveMode: 'receiveAndDelete' });
      assert.deepEqual((await receiveOne(receiver)).body, body);
    },
  })),
  ...(['value', 'sequence', 'data'] as const).map((bodyType): Row => ({
    operation: 'sendMessages',
    shows: `carries an annotated AMQP message with a ${bodyType} body`,
    run: async (trial) => {
      const body =
        bodyType === 'sequence'
          ? [[1, 2], ['three']]
          : bodyType === 'value'
            ? 'a value'
            : Buffer.from('bytes');
      const message: AmqpAnnotatedMessage = { body, bodyType, messageAnnotations: { 'x-own': 'kept' } };
      const sender = trial.client.createSender('plain');
      await sender.sendMessages(message);
      const receiver = trial.client.createReceiver('plain', { receiveMode: 'receiveAndDelete' });
      const { _rawAmqpMessage: raw } = await receiveOne(receiver);
      assert.equal(raw.bodyType, bodyType);
      assert.equal(raw.messageAnnotations?.['x-own'], 'kept');
    },
  })),
  {
    operation: 'sendMessages',
    shows: 'gives a message without an id one',
    run: async (trial) => {
      await send(trial, 'plain', { body: 'nameless' });
      const receiver = trial.client.createReceiver('plain', { receiveMode: 'receiveAndDelete' });
      assert.ok((await receiveOne(receiver)).messageId);
    },
  },
  {
    operation: 'createMessageBatch',
    shows: 'sends 500 messages in one batch, in order',
    run: async (trial) => {
      const sender = trial.client.createSender('plain');
      const batch = await sender.createMessageBatch();
      for (let index = 0; index < 500; index += 1) assert.ok(batch.tryAddMessage({ body: index }));
      await sender.sendMessages(batch);
      const receiver = trial.client.createReceiver('plain', { receiveMode: 'receiveAndDelete' });
      const received = await receive(receiver, 500);
      assert.deepEqual(
        received.map(({ body }) => body as number),
        Array.from({ length: 500 }, (_, index) => index),
      );
    },
  },
  {
    operation: 'createMessageBatch',
    shows: 'fills up at the size limit',
    run: async (trial) => {
      const sender = trial.client.createSender('plain');
      const batch = await sender.createMessageBatch();
      assert.ok(batch.tryAddMessage({ body: Buffer.alloc(900_000) }));
      assert.equal(batch.tryAddMessage({ body: Buffer.alloc(900_000) }), false);
      assert.equal(batch.maxSizeInBytes, 1024 * 1024);
    },
  },
  {
    operation: 'sendMessages',
    shows: 'carries 900 KB in many frames',
    run: async (trial) => {
      const body = Buffer.alloc(900_000, 'lifeboat');
      await send(trial, 'plain', { body });
      const receiver = trial.client.createReceiver('plain', { receiveMode: 'receiveAndDelete' });
      assert.ok(body.equals((await receiveOne(receiver)).body as Buffer));
    },
  },
  {
    operation: 'sendMessages',
    shows: 'refuses a message beyond the limit and goes on',
    run: async (trial) => {
      const sender = trial.client.createSender('plain');
      await rejectsWith('MessageSizeExceeded', sender.sendMessages({ body: Buffer.alloc(1_100_000) }));
      await sender.sendMessages({ body: 'small' });
      const receiver = trial.client.createReceiver('plain', { receiveMode: 'receiveAndDelete' });
      assert.equal((await receiveOne(receiver)).body, 'small');
    },
  },
  {
    operation: 'sendMessages',
    shows: 'drops a message with an id seen within the window',
    run: async (trial) => {
      const messageId = randomUUID();
      await send(trial, 'once', { body: 1, messageId });
      await send(trial, 'once', { body: 2, messageId }, { body: 3 });
      const receiver = trial.client.createReceiver('once', { receiveMode: 'receiveAndDelete' });
      assert.deepEqual(
        (await receive(receiver, 2)).map(({ body }) => body as number),
        [1, 3],
      );
    },
  },
  {
    operation: 'scheduleMessages',
    shows: 'holds messages back until their time',
    run: async (trial) => {
      const sender = trial.client.createSender('plain');
      const [sequence] = await sender.scheduleMessages({ body: 'later' }, new Date(Date.now() + 800));
      const receiver = trial.client.createReceiver('plain', { receiveMode: 'receiveAndDelete' });
      const [peeked] = await receiver.peekMessages(1);
      assert.equal(peeked?.state, 'scheduled');
      assert.deepEqual(peeked.sequenceNumber, sequence);
      const received = await receiveOne(receiver);
      assert.equal(received.state, 'active');
      assert.ok(received.sequenceNumber?.gt(sequence ?? 0));
    },
  },
  {
    operation: 'cancelScheduledMessages',
    shows: 'takes a scheduled message back, once',
    run: async (trial) => {
      const sender = trial.client.createSender('plain');
      const sequences = await sender.scheduleMessages(
        [{ body: 1 }, { body: 2 }],
        new Date(Date.now() + 60_000),
      );
      await sender.cancelScheduledMessages(sequences);
      const receiver = trial.client.createReceiver('plain');
      assert.deepEqual(await receiver.peekMessages(10), []);
      await rejectsWith('MessageNotFound', sender.cancelScheduledMessages(sequences));
    },
  },
  {
    operation: 'timeToLive',
    shows: 'moves an expired message to the dead letters where that is asked for',
    run: async (trial) => {
      await send(trial, 'short-lived', { body: 'brief', timeToLive: 200 });
      const dead = trial.client.createReceiver('short-lived', { subQueueType: 'deadLetter' });
      const message = await receiveOne(dead);
      assert.equal(message.deadLetterReason, 'TTLExpiredException');
      await dead.completeMessage(message);
    },
  },
  {
    operation: 'timeToLive',
    shows: 'drops messages of a queue with a default time to live',
    run: async (trial) => {
      await send(trial, 'forgetful', { body: 'brief' });
      const receiver = trial.client.createReceiver('forgetful');
      const [peeked] = await receiver.peekMessages(1);
      assert.equal(Number(peeked?.expiresAtUtc) - Number(peeked?.enqueuedTimeUtc), 1_000);
      await eventually(async () => ((await receiver.peekMessages(1)).length === 0 ? true : undefined));
    },
  },
];
