import { app, type InvocationContext } from '@azure/functions';
import { note } from './seen';

function noting(kind: string) {
  return async (message: unknown, context: InvocationContext): Promise<void> => {
    const { triggerMetadata } = context;
    note(kind, { message, triggerMetadata });
    const { heldBy, failTimes } = readOrders(message);
    if (heldBy !== '') await fetch(heldBy);
    note(`${kind}Ended`, { message });
    if (Number(triggerMetadata?.['deliveryCount'] ?? 1) <= failTimes) throw new Error('told to fail');
  };
}

function readOrders(message: unknown): { heldBy: string; failTimes: number } {
  const orders = (typeof message === 'object' ? message : null) as Record<string, unknown> | null;
  const { heldBy, failTimes } = orders ?? {};
  return { heldBy: typeof heldBy === 'string' ? heldBy : '', failTimes: Number(failTimes ?? 0) };
}

const connection = 'SERVICE_BUS';
app.serviceBusQueue('queued', { connection, queueName: '%PLAIN_QUEUE%', handler: noting('queued') });
app.serviceBusQueue('sessioned', {
  connection,
  queueName: 'sessions',
  isSessionsEnabled: true,
  handler: noting('sessioned'),
});
app.serviceBusQueue('batched', {
  connection,
  queueName: 'batches',
  cardinality: 'many',
  handler: noting('batched'),
});
app.serviceBusTopic('subscribed', {
  connection,
  topicName: 'news',
  subscriptionName: 'all',
  handler: noting('subscribed'),
});
