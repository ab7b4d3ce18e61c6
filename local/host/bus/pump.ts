import {
  type ServiceBusClient,
  type ServiceBusReceiver,
  type ServiceBusSessionReceiver,
} from '@azure/service-bus';
import { type Clock } from '../clock';
import { type ServiceBusSettings } from '../config/host-file';
import { bounded } from './bounded';
import { type BusTrigger } from './bus-trigger';
import { type MessageRunner } from './message-runner';
import { type Outage } from './outage';

/** What every way of receiving needs. */
export interface PumpOptions {
  readonly client: ServiceBusClient;
  readonly trigger: BusTrigger;
  readonly settings: ServiceBusSettings;
  readonly runner: MessageRunner;
  readonly clock: Clock;
  readonly outage: Outage;
}

/** Bodies come as bytes, because the library parses them itself. */
const asBytes = { receiveMode: 'peekLock', skipParsingBodyAsJson: true } as const;

export function openReceiver({ client, trigger, settings }: PumpOptions): ServiceBusReceiver {
  const { entity } = trigger;
  const options = { ...asBytes, maxAutoLockRenewalDurationInMs: settings.maxAutoLockRenewalDuration };
  return 'queue' in entity
    ? client.createReceiver(entity.queue, options)
    : client.createReceiver(entity.topic, entity.subscription, options);
}

export function acceptSession(
  { client, trigger, settings }: PumpOptions,
  abortSignal: AbortSignal,
): Promise<ServiceBusSessionReceiver> {
  const { entity } = trigger;
  const maxAutoLockRenewalDurationInMs = settings.maxAutoLockRenewalDuration;
  const options = { ...asBytes, maxAutoLockRenewalDurationInMs, abortSignal };
  return 'queue' in entity
    ? client.acceptNextSession(entity.queue, options)
    : client.acceptNextSession(entity.topic, entity.subscription, options);
}

const closeTimeoutInMs = 5_000;

/** Closing can hang like settling can, after a cut connection. */
export async function closeQuietly(receiver: { close(): Promise<void> }, clock: Clock): Promise<void> {
  await bounded(
    receiver.close().catch(() => undefined),
    clock,
    closeTimeoutInMs,
  );
}

export function entityName({ entity }: BusTrigger): string {
  return 'queue' in entity
    ? `queue '${entity.queue}'`
    : `subscription '${entity.topic}/${entity.subscription}'`;
}
