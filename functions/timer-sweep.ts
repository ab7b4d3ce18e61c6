import { app } from '@azure/functions';
import { wiring } from '../shared/wiring';

/** The safety net under doorbells, once a minute: rings where a bell was lost, judges health, tidies up. */
app.timer('timerSweep', {
  schedule: '0 * * * * *',
  handler: async (_, context) => {
    const { rung, tidied, failures } = await wiring().replication().sweep();
    for (const { replicaId, error } of failures) context.error('a sweep failed', { replicaId }, error);
    context.info('swept', { rung, tidied });
  },
});

/** Once a day, what late writers left behind of replicas that are gone. */
app.timer('timerLeftovers', {
  schedule: '0 30 3 * * *',
  handler: () => wiring().replication().removeLeftovers(),
});
