import { type ServiceBusReceivedMessage, type ServiceBusReceiver } from '@azure/service-bus';
import { type Listener } from '../listener';
import { closeQuietly, openReceiver, type PumpOptions } from './pump';

/** Messages without sessions, one invocation each, several at a time. */
export class MessagePump implements Listener {
  readonly #options: PumpOptions;
  readonly #running = new Set<Promise<unknown>>();
  #receiver: ServiceBusReceiver | undefined;
  #subscription: { close(): Promise<void> } | undefined;
  #isStopping = false;

  constructor(options: PumpOptions) {
    this.#options = options;
  }

  start(): void {
    const { settings, outage } = this.#options;
    this.#receiver = openReceiver(this.#options);
    const receiver = this.#receiver;
    this.#subscription = receiver.subscribe(
      {
        processMessage: (message) => this.#take(message, receiver),
        processError: async ({ error }) => {
          if (!this.#isStopping) outage.report(error);
        },
      },
      { autoCompleteMessages: false, maxConcurrentCalls: settings.maxConcurrentCalls },
    );
  }

  async stop(): Promise<void> {
    this.#isStopping = true;
    if (this.#subscription !== undefined) await closeQuietly(this.#subscription, this.#options.clock);
    await Promise.allSettled(this.#running);
    if (this.#receiver !== undefined) await closeQuietly(this.#receiver, this.#options.clock);
  }

  async #take(message: ServiceBusReceivedMessage, receiver: ServiceBusReceiver): Promise<void> {
    const { runner, outage } = this.#options;
    outage.over();
    const run = this.#isStopping ? runner.abandon([message], receiver) : runner.runOne(message, receiver);
    this.#running.add(run);
    await run.finally(() => this.#running.delete(run));
  }
}
