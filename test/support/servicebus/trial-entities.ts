import { type Entities } from '../../../local/servicebus';

/** The entities the conformance rows use. To run them against Azure, declare the same there, with locks of PT5S at least. */
export const trialEntities: Entities = {
  queues: [
    { name: 'plain', lockDuration: 'PT5S', maxDeliveryCount: 3 },
    { name: 'hasty', lockDuration: 'PT1S' },
    { name: 'hasty-sessions', requiresSession: true, lockDuration: 'PT1S' },
    { name: 'short-lived', lockDuration: 'PT5S', deadLetteringOnMessageExpiration: true },
    { name: 'forgetful', defaultMessageTimeToLive: 'PT1S' },
    { name: 'once', requiresDuplicateDetection: true, duplicateDetectionHistoryTimeWindow: 'PT1M' },
    { name: 'sessions', requiresSession: true, lockDuration: 'PT5S', maxDeliveryCount: 3 },
  ],
  topics: [
    {
      name: 'news',
      subscriptions: [{ name: 'all' }, { name: 'some', rules: [] }],
    },
    {
      name: 'ordered-news',
      subscriptions: [{ name: 'in-order', requiresSession: true, lockDuration: 'PT5S' }],
    },
  ],
};
