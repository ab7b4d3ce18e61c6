import { strict as assert } from 'node:assert';
import { type ServiceBusReceivedMessage } from '@azure/service-bus';
import { eventually, expectNothing, pause, receive, receiveOne, rejectsWith, type Row, send } from './row';

export const settling: Row[] = [
  {
    operation: 'receiveMessages',
    shows: 'locks what it hands out, and completes it',
    run: async (trial) => {
      await send(trial, 'plain', { body: 'once' });
      const receiver = trial.client.createReceiver('plain');
      const message = await receiveOne(receiver);
      assert.ok(Number(message.lockedUntilUtc) > Date.now());
      await expectNothing(receiver);
      await receiver.completeMessage(message);
      assert.deepEqual(await receiver.peekMessages(1), []);
    },
  },
  {
    operation: 'receiveMessages',
    shows: 'deletes at once in receiveAndDelete mode',
    run: async (trial) => {
      await send(trial, 'plain', { body: 1 }, { body: 2 });
      const receiver = trial.client.createReceiver('plain', { receiveMode: 'receiveAndDelete' });
      assert.deepEqual(
        (await receive(receiver, 2)).map(({ body }) => body as number),
        [1, 2],
      );
      assert.deepEqual(await receiver.peekMessages(1), []);
    },
  },
  {
    operation: 'abandonMessage',
    shows: 'gives the message back, counted and with changed properties',
    run: async (trial) => {
      await send(trial, 'plain', { body: 'back', applicationProperties: { kept: 1, changed: 1 } });
      const receiver = trial.client.createReceiver('plain');
      await receiver.abandonMessage(await receiveOne(receiver), { changed: 2, added: 'x' });
      const again = await receiveOne(receiver);
      assert.equal(again.deliveryCount, 1);
      assert.deepEqual(again.applicationProperties, { kept: 1, changed: 2, added: 'x' });
      await receiver.completeMessage(again);
    },
  },
  {
    operation: 'abandonMessage',
    shows: 'dead-letters after too many deliveries',
    run: async (trial) => {
      await send(trial, 'plain', { body: 'poison' });
      const receiver = trial.client.createReceiver('plain');
      for (let count = 0; count < 3; count += 1) await receiver.abandonMessage(await receiveOne(receiver));
      const dead = trial.client.createReceiver('plain', { subQueueType: 'deadLetter' });
      const message = await receiveOne(dead);
      assert.equal(message.deadLetterReason, 'MaxDeliveryCountExceeded');
      await dead.completeMessage(message);
      await expectNothing(receiver);
    },
  },
  {
    operation: 'deadLetterMessage',
    shows: 'keeps reason, description, source and added properties',
    run: async (trial) => {
      await send(trial, 'plain', { body: 'bad', applicationProperties: { old: true } });
      const receiver = trial.client.createReceiver('plain');
      await receiver.deadLetterMessage(await receiveOne(receiver), {
        deadLetterReason: 'why',
        deadLetterErrorDescription: 'because',
        extra: 5,
      });
      const dead = trial.client.createReceiver('plain', { subQueueType: 'deadLetter' });
      const message = await receiveOne(dead);
      assert.equal(message.deadLetterReason, 'why');
      assert.equal(message.deadLetterErrorDescription, 'because');
      assert.equal(message.deadLetterSource, 'plain');
      assert.equal(message.applicationProperties?.['extra'], 5);
      assert.equal(message.applicationProperties?.['old'], true);
      await dead.completeMessage(message);
    },
  },
  {
    operation: 'deferMessage',
    shows: 'sets a message aside until it is asked for by number',
    run: async (trial) => {
      await send(trial, 'plain', { body: 'not now' });
      const receiver = trial.client.createReceiver('plain');
      const message = await receiveOne(receiver);
      await receiver.deferMessage(message, { note: 'later' });
      await expectNothing(receiver);
      const [peeked] = await receiver.peekMessages(1);
      assert.equal(peeked?.state, 'deferred');
      assert.ok(message.sequenceNumber);
      const [deferred] = await receiver.receiveDeferredMessages(message.sequenceNumber);
      assert.ok(deferred);
      assert.equal(deferred.applicationProperties?.['note'], 'later');
      await receiver.abandonMessage(deferred);
      const [again] = await receiver.receiveDeferredMessages(message.sequenceNumber);
      assert.ok(again);
      await receiver.completeMessage(again);
      await rejectsWith('MessageNotFound', receiver.receiveDeferredMessages(message.sequenceNumber));
    },
  },
  ...(['deferMessage', 'deadLetterMessage', 'completeMessage'] as const).map((operation): Row => ({
    operation,
    shows: 'settles a deferred message',
    run: async (trial) => {
      await send(trial, 'plain', { body: 'deferred' });
      const receiver = trial.client.createReceiver('plain');
      const message = await receiveOne(receiver);
      await receiver.deferMessage(message);
      assert.ok(message.sequenceNumber);
      const [deferred] = await receiver.receiveDeferredMessages(message.sequenceNumber);
      assert.ok(deferred);
      await receiver[operation](deferred);
      const dead = trial.client.createReceiver('plain', {
        receiveMode: 'receiveAndDelete',
        subQueueType: 'deadLetter',
      });
      if (operation === 'deadLetterMessage') await receiveOne(dead);
      if (operation !== 'deferMessage') return;
      const taker = trial.client.createReceiver('plain', { receiveMode: 'receiveAndDelete' });
      assert.equal((await taker.receiveDeferredMessages(message.sequenceNumber)).length, 1);
    },
  })),
  {
    operation: 'renewMessageLock',
    shows: 'moves the end of the lock',
    run: async (trial) => {
      await send(trial, 'plain', { body: 'slow' });
      const receiver = trial.client.createReceiver('plain');
      const message = await receiveOne(receiver);
      const before = Number(message.lockedUntilUtc);
      await pause(20);
      assert.ok(Number(await receiver.renewMessageLock(message)) > before);
      await receiver.completeMessage(message);
      await rejectsWith('MessageLockLost', receiver.renewMessageLock(message));
    },
  },
  {
    operation: 'completeMessage',
    shows: 'refuses once the lock ran out, and hands the message out again',
    run: async (trial) => {
      await send(trial, 'hasty', { body: 'late' });
      const receiver = trial.client.createReceiver('hasty', { maxAutoLockRenewalDurationInMs: 0 });
      const message = await receiveOne(receiver);
      const again = await receiveOne(receiver);
      assert.equal(again.deliveryCount, 1);
      await rejectsWith('MessageLockLost', receiver.completeMessage(message));
      await receiver.completeMessage(again);
    },
  },
  {
    operation: 'completeMessage',
    shows: 'works after the receiver closed',
    run: async (trial) => {
      await send(trial, 'hasty', { body: 'held' });
      const receiver = trial.client.createReceiver('hasty');
      const message = await receiveOne(receiver);
      await receiver.close();
      const other = trial.client.createReceiver('hasty');
      await expectNothing(other);
      await eventually(async () => (await other.peekMessages(1))[0]);
      await other.completeMessage(await receiveOne(other));
      assert.equal(message.body, 'held');
    },
  },
  {
    operation: 'peekMessages',
    shows: 'pages through messages without locking them',
    run: async (trial) => {
      await send(trial, 'plain', ...Array.from({ length: 25 }, (_, body) => ({ body })));
      const receiver = trial.client.createReceiver('plain', { receiveMode: 'receiveAndDelete' });
      const first = await receiver.peekMessages(10);
      const second = await receiver.peekMessages(100);
      assert.equal(first.length + second.length, 25);
      const from = await receiver.peekMessages(
        1,
        first[3]?.sequenceNumber && { fromSequenceNumber: first[3].sequenceNumber },
      );
      assert.equal(from[0]?.body, 3);
      assert.equal((await receive(receiver, 25)).length, 25);
    },
  },
  {
    operation: 'subscribe',
    shows: 'hands messages to several calls at a time and completes them',
    run: async (trial) => {
      const receiver = trial.client.createReceiver('plain');
      const seen: ServiceBusReceivedMessage[] = [];
      let running = 0;
      let mostRunning = 0;
      let letGo = (): void => undefined;
      const four = new Promise<void>((resolve) => (letGo = resolve));
      receiver.subscribe(
        {
          processMessage: async (message) => {
            running += 1;
            mostRunning = Math.max(mostRunning, running);
            if (running === 4) letGo();
            await four;
            await pause(10);
            running -= 1;
            seen.push(message);
          },
          processError: async () => undefined,
        },
        { maxConcurrentCalls: 4 },
      );
      await send(trial, 'plain', ...Array.from({ length: 20 }, (_, body) => ({ body })));
      await eventually(async () => (seen.length === 20 ? true : undefined));
      assert.equal(mostRunning, 4);
      await eventually(async () =>
        (
          await receiver.peekMessages(1, {
            fromSequenceNumber: seen[0]?.sequenceNumber ?? undefined,
          } as object)
        ).length === 0
          ? true
          : undefined,
      );
      await receiver.close();
    },
  },
  {
    operation: 'subscribe',
    shows: 'gives a message back when its handler throws',
    run: async (trial) => {
      const receiver = trial.client.createReceiver('plain');
      const counts: number[] = [];
      receiver.subscribe({
        processMessage: async ({ deliveryCount }) => {
          counts.push(deliveryCount ?? -1);
          if (counts.length === 1) throw new Error('not this time');
        },
        processError: async () => undefined,
      });
      await send(trial, 'plain', { body: 'twice' });
      await eventually(async () => (counts.length === 2 ? true : undefined));
      assert.deepEqual(counts, [0, 1]);
      await receiver.close();
    },
  },
];
