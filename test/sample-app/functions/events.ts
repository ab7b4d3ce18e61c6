import { app } from '@azure/functions';
import { note } from './seen';

app.eventGrid('gridEvent', {
  handler: (event, context) => {
    note('gridEvent', { event, data: context.triggerMetadata?.['data'] });
    if (event.subject === 'throw') throw new Error('an event that throws');
  },
});
