import { strict as assert } from 'node:assert';
import { randomUUID } from 'node:crypto';
import Long from 'long';
import {
  ServiceBusClient,
  type ServiceBusMessage,
  type ServiceBusReceivedMessage,
  type ServiceBusReceiver,
} from '@azure/service-bus';

/** One thing the service does, shown through the official client. */
export interface Row {
  /** The client's operation, as people look for it. */
  readonly operation: string;
  readonly shows: string;
  run(trial: Trial): Promise<void>;
}

export interface Trial {
  readonly connectionString: string;
  readonly client: ServiceBusClient;
}

/** Waits are short: what is not there by then will not come. */
const patientInMs = 10_000;
const briefInMs = 300;

export function newClient(connectionString: string, timeoutInMs = patientInMs): ServiceBusClient {
  return new ServiceBusClient(connectionString, {
    retryOptions: { timeoutInMs, maxRetries: 0, retryDelayInMs: 50 },
  });
}

export async function send(trial: Trial, entity: string, ...messages: ServiceBusMessage[]): Promise<void> {
  const sender = trial.client.createSender(entity);
  await sender.sendMessages(messages);
  await sender.close();
}

/** Exactly this many messages, waiting for them if need be. */
export async function receive(
  receiver: ServiceBusReceiver,
  count: number,
): Promise<ServiceBusReceivedMessage[]> {
  const received: ServiceBusReceivedMessage[] = [];
  while (received.length < count) {
    const more = await receiver.receiveMessages(count - received.length, { maxWaitTimeInMs: patientInMs });
    if (more.length === 0) break;
    received.push(...more);
  }
  assert.equal(received.length, count);
  return received;
}

export async function receiveOne(receiver: ServiceBusReceiver): Promise<ServiceBusReceivedMessage> {
  const [message] = await receive(receiver, 1);
  assert.ok(message);
  return message;
}

export async function expectNothing(receiver: ServiceBusReceiver): Promise<void> {
  assert.deepEqual(await receiver.receiveMessages(1, { maxWaitTimeInMs: briefInMs }), []);
}

/** Polls until the answer is there. */
export async function eventually<T>(ask: () => Promise<T | undefined>): Promise<T> {
  const deadline = Date.now() + patientInMs;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    assert.ok(Date.now() < deadline, 'it did not happen in time');
    await pause(50);
  }
}

export function pause(durationInMs: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, durationInMs));
}

/** A session id nobody used before. */
export function newSession(): string {
  return `session-${randomUUID()}`;
}

export async function rejectsWith(code: string, act: Promise<unknown>): Promise<void> {
  await assert.rejects(act, (error: unknown) => {
    assert.equal((error as { code?: unknown }).code, code);
    return true;
  });
}

/** Peeking goes on where the client's last peek ended, unless it is told otherwise. */
export const fromStart = { fromSequenceNumber: Long.ZERO };
