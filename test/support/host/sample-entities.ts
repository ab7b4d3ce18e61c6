import { type Entities } from '../../../local/servicebus';

/** What the sample app listens to. */
export const sampleEntities: Entities = {
  queues: [
    { name: 'plain', maxDeliveryCount: 3 },
    { name: 'sessions', requiresSession: true, lockDuration: 'PT10S', maxDeliveryCount: 10 },
    { name: 'batches' },
  ],
  topics: [{ name: 'news', subscriptions: [{ name: 'all' }] }],
};
