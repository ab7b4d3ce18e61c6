import { app } from '@azure/functions';
import * as durable from 'durable-functions';
import { Doorbell } from '../shared/contracts/doorbell';
import { wiring } from '../shared/wiring';
import { durableJobs } from '../shared/wiring/durable-jobs';

/** One session per replica: the bells of one disk come one at a time. What is new, the cache knows. */
app.serviceBusQueue('queueDoorbells', {
  connection: 'SERVICE_BUS',
  queueName: '%DOORBELL_QUEUE%',
  isSessionsEnabled: true,
  extraInputs: [durable.input.durableClient()],
  handler: async (message, context) => {
    const { replicaId, traceparent } = Doorbell.parse(message);
    const what = { name: 'ingest', about: { replicaId }, traceparent };
    const jobs = durableJobs(() => durable.getClient(context));
    const { telemetry, protection } = wiring();
    await telemetry.span(what, async () => {
      const answer = await protection().ingest(replicaId, jobs);
      if (answer.kind === 'failed') context.error('a drain failed', { replicaId }, answer.error);
      else context.info(answer.kind, { replicaId });
    });
  },
});
