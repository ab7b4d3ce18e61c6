import { app } from '@azure/functions';
import { Doorbell } from '../shared/contracts/doorbell';
import { wiring } from '../shared/wiring';

/** One session per replica: the bells of one disk come one at a time. What is new, the cache knows. */
app.serviceBusQueue('queueDoorbells', {
  connection: 'SERVICE_BUS',
  queueName: '%DOORBELL_QUEUE%',
  isSessionsEnabled: true,
  handler: async (message, context) => {
    const { replicaId } = Doorbell.parse(message);
    const answer = await wiring().replication().answerDoorbell(replicaId);
    if (answer.kind === 'failed') context.error('a drain failed', { replicaId }, answer.error);
    else context.info(answer.kind, { replicaId });
  },
});
