import { app } from '@azure/functions';
import { DoorbellEvent } from '../shared/contracts/agent/events';
import { wiring } from '../shared/wiring';

/** Doorbells that came through Event Grid. A bell only says "look", so it needs no signature; everything else does. */
app.eventGrid('agentEvents', {
  handler: async (event, context) => {
    const bell = DoorbellEvent.shape.data.safeParse(event.data);
    if (event.eventType !== 'lifeboat.agent.doorbell' || !bell.success) {
      context.warn('an event was left alone', { id: event.id, type: event.eventType });
      return;
    }
    const { doorbells } = wiring().replication().ports;
    await Promise.all(bell.data.replicaIds.map((replicaId) => doorbells.ring(replicaId)));
  },
});
