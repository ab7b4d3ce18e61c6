import { app } from '@azure/functions';
import { replicaOfBlobCreated } from '../shared/contracts/blob-created';
import { wiring } from '../shared/wiring';

/** The second doorbell, for deployments that want it: the cache account itself says that a change log has arrived. */
app.eventGrid('eventGridCache', {
  handler: async (event) => {
    const replicaId = replicaOfBlobCreated(event);
    if (replicaId !== undefined) await wiring().replication().ports.doorbells.ring(replicaId);
  },
});
