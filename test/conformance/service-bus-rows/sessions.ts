import { strict as assert } from 'node:assert';
import {
  eventually,
  expectNothing,
  fromStart,
  newClient,
  newSession,
  pause,
  receive,
  receiveOne,
  rejectsWith,
  type Row,
  send,
} from './row';

export const sessions: Row[] = [
  {
    operation: 'acceptSession',
    shows: 'hands out the messages of one session in order',
    run: async (trial) => {
      const [mine, other] = [newSession(), newSession()];
      await send(
        trial,
        'sessions',
        ...[0, 1, 2, 3].flatMap((body) => [mine, other].map((sessionId) => ({ body, sessionId }))),
      );
      for (const sessionId of [mine, other]) {
        const receiver = await trial.client.acceptSession('sessions', sessionId);
        const messages = await receive(receiver, 4);
        assert.deepEqual(
          messages.map(({ body }) => body as number),
          [0, 1, 2, 3],
        );
        for (const message of messages) {
          assert.equal(message.sessionId, sessionId);
          await receiver.completeMessage(message);
        }
        await receiver.close();
      }
    },
  },
  {
    operation: 'acceptSession',
    shows: 'refuses a session somebody holds',
    run: async (trial) => {
      const sessionId = newSession();
      const holder = await trial.client.acceptSession('sessions', sessionId);
      await rejectsWith('SessionCannotBeLocked', trial.client.acceptSession('sessions', sessionId));
      await holder.close();
      await (await trial.client.acceptSession('sessions', sessionId)).close();
    },
  },
  {
    operation: 'acceptNextSession',
    shows: 'takes a session that has messages, each one once',
    run: async (trial) => {
      const wanted = [newSession(), newSession()];
      await send(trial, 'sessions', ...wanted.map((sessionId) => ({ body: 1, sessionId })));
      const receivers = await Promise.all(
        wanted.map(() => trial.client.acceptNextSession('sessions', { receiveMode: 'receiveAndDelete' })),
      );
      assert.deepEqual(receivers.map(({ sessionId }) => sessionId).sort(), wanted.sort());
      for (const receiver of receivers) {
        await receiveOne(receiver);
        await receiver.close();
      }
    },
  },
  {
    operation: 'acceptNextSession',
    shows: 'waits until a session has messages',
    run: async (trial) => {
      const sessionId = newSession();
      const waiting = trial.client.acceptNextSession('sessions', { receiveMode: 'receiveAndDelete' });
      await pause(100);
      await send(trial, 'sessions', { body: 'at last', sessionId });
      const receiver = await waiting;
      assert.equal(receiver.sessionId, sessionId);
      assert.equal((await receiveOne(receiver)).body, 'at last');
      await receiver.close();
    },
  },
  {
    operation: 'acceptNextSession',
    shows: 'gives up after its time',
    run: async ({ connectionString }) => {
      const hasty = newClient(connectionString, 1_200);
      await rejectsWith('ServiceTimeout', hasty.acceptNextSession('sessions'));
      await hasty.close();
    },
  },
  {
    operation: 'getSessionState',
    shows: 'keeps, changes and clears the state of a session',
    run: async (trial) => {
      const sessionId = newSession();
      const receiver = await trial.client.acceptSession('sessions', sessionId);
      assert.equal(await receiver.getSessionState(), null);
      await receiver.setSessionState({ step: 2 });
      await receiver.close();
      const again = await trial.client.acceptSession('sessions', sessionId);
      assert.deepEqual(await again.getSessionState(), { step: 2 });
      await again.setSessionState(null);
      assert.equal(await again.getSessionState(), null);
      await again.close();
    },
  },
  {
    operation: 'renewSessionLock',
    shows: 'moves the end of the lock',
    run: async (trial) => {
      const receiver = await trial.client.acceptSession('sessions', newSession());
      const before = Number(receiver.sessionLockedUntilUtc);
      await pause(20);
      assert.ok(Number(await receiver.renewSessionLock()) > before);
      await receiver.close();
    },
  },
  {
    operation: 'acceptSession',
    shows: 'loses a session that is not renewed, and counts its deliveries',
    run: async (trial) => {
      const sessionId = newSession();
      await send(trial, 'hasty-sessions', { body: 1, sessionId }, { body: 2, sessionId });
      const receiver = await trial.client.acceptSession('hasty-sessions', sessionId, {
        maxAutoLockRenewalDurationInMs: 0,
      });
      const [first] = await receive(receiver, 2);
      await eventually(async () =>
        receiver.isClosed || Date.now() > Number(receiver.sessionLockedUntilUtc) + 300 ? true : undefined,
      );
      assert.ok(first);
      await rejectsWith('SessionLockLost', receiver.completeMessage(first));
      const next = await trial.client.acceptSession('hasty-sessions', sessionId);
      const messages = await receive(next, 2);
      assert.deepEqual(
        messages.map(({ body, deliveryCount }) => [body as number, deliveryCount]),
        [
          [1, 1],
          [2, 1],
        ],
      );
      for (const message of messages) await next.completeMessage(message);
      await next.close();
    },
  },
  {
    operation: 'acceptSession',
    shows: 'gives messages back uncounted when the receiver closes, in order',
    run: async (trial) => {
      const sessionId = newSession();
      await send(trial, 'sessions', ...[1, 2, 3].map((body) => ({ body, sessionId })));
      const receiver = await trial.client.acceptSession('sessions', sessionId);
      await receive(receiver, 3);
      await receiver.close();
      const again = await trial.client.acceptSession('sessions', sessionId);
      const messages = await receive(again, 3);
      assert.deepEqual(
        messages.map(({ body, deliveryCount }) => [body as number, deliveryCount]),
        [
          [1, 0],
          [2, 0],
          [3, 0],
        ],
      );
      for (const message of messages) await again.completeMessage(message);
      await again.close();
    },
  },
  {
    operation: 'acceptSession',
    shows: 'frees the sessions of a connection that drops',
    run: async (trial) => {
      const sessionId = newSession();
      await send(trial, 'sessions', { body: 'held', sessionId });
      const client = newClient(trial.connectionString);
      const receiver = await client.acceptSession('sessions', sessionId);
      await receiveOne(receiver);
      await client.close();
      const next = await trial.client.acceptSession('sessions', sessionId);
      await next.completeMessage(await receiveOne(next));
      await next.close();
    },
  },
  {
    operation: 'deferMessage',
    shows: 'defers and dead-letters within a session',
    run: async (trial) => {
      const sessionId = newSession();
      await send(trial, 'sessions', { body: 1, sessionId }, { body: 2, sessionId });
      const receiver = await trial.client.acceptSession('sessions', sessionId);
      const [first, second] = await receive(receiver, 2);
      assert.ok(first?.sequenceNumber && second);
      await receiver.deferMessage(first);
      await receiver.deadLetterMessage(second, {
        deadLetterReason: 'no',
        deadLetterErrorDescription: 'never',
      });
      const [deferred] = await receiver.receiveDeferredMessages(first.sequenceNumber);
      assert.ok(deferred);
      await receiver.completeMessage(deferred);
      await receiver.close();
      const dead = trial.client.createReceiver('sessions', {
        subQueueType: 'deadLetter',
        receiveMode: 'receiveAndDelete',
      });
      assert.equal((await receiveOne(dead)).sessionId, sessionId);
    },
  },
  {
    operation: 'abandonMessage',
    shows: 'hands an abandoned message out again before those behind it',
    run: async (trial) => {
      const sessionId = newSession();
      await send(trial, 'sessions', { body: 1, sessionId }, { body: 2, sessionId });
      const receiver = await trial.client.acceptSession('sessions', sessionId);
      await receiver.abandonMessage(await receiveOne(receiver));
      const messages = await receive(receiver, 2);
      assert.deepEqual(
        messages.map(({ body }) => body as number),
        [1, 2],
      );
      for (const message of messages) await receiver.completeMessage(message);
      await receiver.close();
    },
  },
  {
    operation: 'subscribe',
    shows: 'hands a session to a handler, one message at a time',
    run: async (trial) => {
      const sessionId = newSession();
      await send(trial, 'sessions', ...[0, 1, 2, 3, 4].map((body) => ({ body, sessionId })));
      const receiver = await trial.client.acceptSession('sessions', sessionId);
      const seen: number[] = [];
      await new Promise<void>((resolve) => {
        receiver.subscribe({
          processMessage: async ({ body }) =>
            void (seen.push(body as number) === 5 && setTimeout(resolve, 50)),
          processError: async () => undefined,
        });
      });
      assert.deepEqual(seen, [0, 1, 2, 3, 4]);
      await receiver.close();
    },
  },
  {
    operation: 'peekMessages',
    shows: 'peeks only into its own session',
    run: async (trial) => {
      const [mine, other] = [newSession(), newSession()];
      await send(trial, 'sessions', { body: 'other', sessionId: other }, { body: 'mine', sessionId: mine });
      const receiver = await trial.client.acceptSession('sessions', mine, {
        receiveMode: 'receiveAndDelete',
      });
      const peeked = await receiver.peekMessages(10, fromStart);
      assert.deepEqual(
        peeked.map(({ body }) => body as string),
        ['mine'],
      );
      await receiveOne(receiver);
      await expectNothing(receiver);
      await receiver.close();
      const rest = await trial.client.acceptSession('sessions', other, { receiveMode: 'receiveAndDelete' });
      assert.equal((await receiveOne(rest)).body, 'other');
      await rest.close();
    },
  },
];
