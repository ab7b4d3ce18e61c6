import type { ServiceBusSender } from '@azure/service-bus';
import type { Doorbell } from '../contracts/doorbell';
import type { Doorbells } from '../ports/doorbells';

/** Doorbells as messages of a queue with sessions: those of one replica come one at a time. */
export class ServiceBusDoorbells implements Doorbells {
  constructor(
    private readonly queue: ServiceBusSender,
    /** What the bell was rung for, so that its answer can be found with it. */
    private readonly traceparent: () => string | undefined = () => undefined,
  ) {}

  async ring(replicaId: string): Promise<void> {
    const traceparent = this.traceparent();
    const body: Doorbell = { replicaId, ...(traceparent === undefined ? {} : { traceparent }) };
    await this.queue.sendMessages({ body, contentType: 'application/json', sessionId: replicaId });
  }
}
