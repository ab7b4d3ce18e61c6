import { app } from '@azure/functions';
import * as durable from 'durable-functions';
import { wiring } from '../shared/wiring';
import { durableJobs } from '../shared/wiring/durable-jobs';

/** The safety net, once a minute: rings where a bell was lost, judges health, tidies up, does what the time asks for. */
app.timer('timerSweep', {
  schedule: '0 * * * * *',
  extraInputs: [durable.input.durableClient()],
  handler: async (_, context) => {
    const jobs = durableJobs(() => durable.getClient(context));
    const { rung, tidied, failures } = await wiring().protection().sweep(jobs);
    for (const { subject, error } of failures) context.error('a sweep failed', { subject }, error);
    context.info('swept', { rung, tidied });
  },
});

/** Once a day, what late writers left behind of replicas that are gone. */
app.timer('timerLeftovers', {
  schedule: '0 30 3 * * *',
  handler: () => wiring().replication().removeLeftovers(),
});
