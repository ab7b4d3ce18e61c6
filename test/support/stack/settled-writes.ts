import { ServiceBusClient, type ServiceBusMessage } from '@azure/service-bus';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Stack } from '../stack';

export interface SettledWrites {
  readonly stack: Stack;
  readonly queue: string;
  readonly rounds: number;
  /** The messages of one round: what the app makes of them is written to the target account. */
  readonly messages: (round: number) => ServiceBusMessage[];
  /** Fails if anything that a settled message of this or an earlier round stood for is missing. */
  readonly check: (round: number) => Promise<void>;
}

/**
 * Apply, save, settle. In each round messages are sent; the moment the last of them is settled the target storage is
 * killed; when it has come back, everything must be there. Whoever settles before the storage has saved is found out.
 */
export async function killAfterSettling(options: SettledWrites): Promise<void> {
  const { stack, queue, rounds } = options;
  const connectionString = stack.facts['servicebus.connectionString'] ?? '';
  const client = new ServiceBusClient(connectionString);
  try {
    const sender = client.createSender(queue);
    for (let round = 0; round < rounds; round += 1) {
      await sender.sendMessages(options.messages(round));
      while (await hasUnsettled(connectionString, queue)) await sleep(1);
      await stack.kill('target');
      await options.check(round);
    }
  } finally {
    await client.close();
  }
}

/** Peeking sees every message that is not settled, those at work too. Only a new client begins at the oldest again. */
async function hasUnsettled(connectionString: string, queue: string): Promise<boolean> {
  const client = new ServiceBusClient(connectionString);
  const messages = await client.createReceiver(queue).peekMessages(1);
  await client.close();
  return messages.length > 0;
}
