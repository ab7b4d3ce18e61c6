import { ServiceBusClient } from '@azure/service-bus';

/**
 * One client per connection string. One retry and a short time, because the pumps do their own reconnecting, for
 * ever, and the SDK's retries would hide from them that a session is lost.
 */
export class BusClients {
  readonly #clients = new Map<string, ServiceBusClient>();

  get(connectionString: string): ServiceBusClient {
    const known = this.#clients.get(connectionString);
    if (known !== undefined) return known;
    const client = new ServiceBusClient(connectionString, {
      retryOptions: { maxRetries: 1, retryDelayInMs: 500, maxRetryDelayInMs: 5_000, timeoutInMs: 20_000 },
    });
    this.#clients.set(connectionString, client);
    return client;
  }

  async close(): Promise<void> {
    await Promise.allSettled([...this.#clients.values()].map((client) => client.close()));
    this.#clients.clear();
  }
}
