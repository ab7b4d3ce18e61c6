import { strict as assert } from 'node:assert';
import { newClient, receiveOne, rejectsWith, type Row, send } from './row';

export const refusals: Row[] = [
  {
    operation: 'createSender',
    shows: 'refuses an entity that does not exist',
    run: async ({ client }) => {
      await rejectsWith('MessagingEntityNotFound', client.createSender('nowhere').sendMessages({ body: 1 }));
    },
  },
  {
    operation: 'createReceiver',
    shows: 'refuses an entity that does not exist',
    run: async ({ client }) => {
      await rejectsWith('MessagingEntityNotFound', client.createReceiver('nowhere').receiveMessages(1));
      await rejectsWith(
        'MessagingEntityNotFound',
        client.createReceiver('news', 'nobody').receiveMessages(1),
      );
      await rejectsWith('MessagingEntityNotFound', client.createReceiver('nowhere').peekMessages(1));
    },
  },
  {
    operation: 'createReceiver',
    shows: 'refuses a plain receiver on a queue with sessions',
    run: async ({ client }) => {
      await assert.rejects(client.createReceiver('sessions').receiveMessages(1), /InvalidOperation/);
    },
  },
  {
    operation: 'acceptNextSession',
    shows: 'refuses a session on a queue without',
    run: async ({ client }) => {
      await assert.rejects(client.acceptNextSession('plain'), /InvalidOperation/);
    },
  },
  {
    operation: 'sendMessages',
    shows: 'refuses a message without a session id where sessions are required',
    run: async ({ client }) => {
      await assert.rejects(client.createSender('sessions').sendMessages({ body: 1 }), /InvalidOperation/);
    },
  },
  {
    operation: 'ServiceBusClient',
    shows: 'refuses a wrong key',
    run: async ({ connectionString }) => {
      const client = newClient(connectionString.replace(/SharedAccessKey=[^;]*/, 'SharedAccessKey=d3Jvbmc='));
      await rejectsWith('UnauthorizedAccess', client.createSender('plain').sendMessages({ body: 1 }));
      await client.close();
    },
  },
  {
    operation: 'ServiceBusClient',
    shows: 'refuses a wrong key name',
    run: async ({ connectionString }) => {
      const client = newClient(
        connectionString.replace(/SharedAccessKeyName=[^;]*/, 'SharedAccessKeyName=nobody'),
      );
      await rejectsWith('UnauthorizedAccess', client.createReceiver('plain').receiveMessages(1));
      await client.close();
    },
  },
  {
    operation: 'ServiceBusClient',
    shows: 'goes on after its connection is cut',
    run: async (trial) => {
      await send(trial, 'plain', { body: 'before' });
      const client = newClient(trial.connectionString);
      const receiver = client.createReceiver('plain');
      await receiver.completeMessage(await receiveOne(receiver));
      cutConnection(client);
      await send(trial, 'plain', { body: 'after' });
      const message = await receiveOne(receiver);
      assert.equal(message.body, 'after');
      await receiver.completeMessage(message);
      await client.close();
    },
  },
];

/** Ends the client's socket from below, as a broken network would. */
function cutConnection(client: object): void {
  const { _connectionContext: context } = client as {
    _connectionContext: { connection: { _connection: { socket: { destroy(error: Error): void } } } };
  };
  context.connection._connection.socket.destroy(new Error('cut'));
}
