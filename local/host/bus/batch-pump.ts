import { type ServiceBusReceivedMessage, type ServiceBusReceiver } from '@azure/service-bus';
import { type Clock } from '../clock';
import { type ServiceBusSettings } from '../config/host-file';
import { type Listener } from '../listener';
import { closeQuietly, openReceiver, type PumpOptions } from './pump';

const idleWaitInMs = 60_000;

/** Messages without sessions in batches, one batch at a time. */
export class BatchPump implements Listener {
  readonly #options: PumpOptions;
  readonly #stopping = new AbortController();
  #loop: Promise<void> = Promise.resolve();

  constructor(options: PumpOptions) {
    this.#options = options;
  }

  start(): void {
    this.#loop = this.#run();
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#loop;
  }

  async #run(): Promise<void> {
    while (!this.#stopping.signal.aborted) {
      const receiver = openReceiver(this.#options);
      try {
        await this.#drain(receiver);
      } catch (error) {
        if (!this.#stopping.signal.aborted) await this.#options.outage.failed(error, this.#stopping.signal);
      } finally {
        await closeQuietly(receiver, this.#options.clock);
      }
    }
  }

  async #drain(receiver: ServiceBusReceiver): Promise<void> {
    const { runner, outage, settings, clock } = this.#options;
    const { signal } = this.#stopping;
    for (let isTrusted = true; isTrusted && !signal.aborted;) {
      const batch = await receiveBatch(receiver, { settings, clock, signal, idleWaitInMs });
      outage.over();
      if (batch.length > 0) isTrusted = await runner.runBatch(batch, receiver);
    }
  }
}

export interface BatchOptions {
  readonly settings: ServiceBusSettings;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly idleWaitInMs: number;
}

/** At least `minMessageBatchSize` messages, or what has come when `maxBatchWaitTime` is over. */
export async function receiveBatch(
  receiver: ServiceBusReceiver,
  { settings, clock, signal, idleWaitInMs: waitInMs }: BatchOptions,
): Promise<readonly ServiceBusReceivedMessage[]> {
  const most = settings.maxMessageBatchSize;
  const batch = await receiver.receiveMessages(most, { maxWaitTimeInMs: waitInMs, abortSignal: signal });
  const untilMs = clock.now() + settings.maxBatchWaitTime;
  while (batch.length > 0 && batch.length < Math.min(most, settings.minMessageBatchSize)) {
    const leftInMs = untilMs - clock.now();
    if (leftInMs <= 0 || signal.aborted) break;
    const more = await receiver.receiveMessages(most - batch.length, {
      maxWaitTimeInMs: leftInMs,
      abortSignal: signal,
    });
    if (more.length === 0) break;
    batch.push(...more);
  }
  return batch;
}
