import { app } from '@azure/functions';
import { CloudEvent } from '../shared/service/webhooks/deliver-event';
import { wiring } from '../shared/wiring';

/** What happens is told to whoever subscribed. A webhook that cannot be reached brings the event back later. */
app.serviceBusTopic('topicWebhooks', {
  connection: 'SERVICE_BUS',
  topicName: '%EVENTS_TOPIC%',
  subscriptionName: 'webhooks',
  handler: async (message, context) => {
    const event = CloudEvent.parse(typeof message === 'string' ? JSON.parse(message) : message);
    const delivered = await wiring().deliverEvent(event);
    context.info('an event was delivered', { id: event.id, type: event.type, delivered });
  },
});
