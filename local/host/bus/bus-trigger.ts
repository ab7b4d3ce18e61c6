import { z } from 'zod';
import { connectionString, type Settings, substitute } from '../config/settings';
import { type RegisteredFunction } from '../core/function-registry';
import { HostError } from '../host-error';

const Trigger = z.looseObject({
  connection: z.string().min(1),
  queueName: z.string().min(1).optional(),
  topicName: z.string().min(1).optional(),
  subscriptionName: z.string().min(1).optional(),
  isSessionsEnabled: z.boolean().default(false),
  cardinality: z.enum(['one', 'many']).default('one'),
  autoCompleteMessages: z
    .literal(true, { error: 'must be true: a Node function cannot settle a message itself' })
    .default(true),
});

/** What a Service Bus function listens to. */
export interface BusTrigger {
  readonly connectionString: string;
  readonly entity: { readonly queue: string } | { readonly topic: string; readonly subscription: string };
  readonly isSessionsEnabled: boolean;
  readonly isBatch: boolean;
}

export function busTrigger(registered: RegisteredFunction, settings: Settings): BusTrigger {
  const parsed = Trigger.safeParse(registered.trigger);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    throw new HostError(`${issue?.path.join('.') ?? 'trigger'}: ${issue?.message ?? 'is not valid'}`);
  }
  const { connection, queueName, topicName, subscriptionName, isSessionsEnabled, cardinality } = parsed.data;
  const name = (key: string, text: string): string => substitute(text, settings, key);
  const common = {
    connectionString: checked(connectionString(connection, settings, 'connection'), connection),
    isSessionsEnabled,
    isBatch: cardinality === 'many',
  };
  if (queueName !== undefined) return { ...common, entity: { queue: name('queueName', queueName) } };
  if (topicName === undefined || subscriptionName === undefined) {
    throw new HostError('queueName, or topicName and subscriptionName, must be given.');
  }
  const topic = name('topicName', topicName);
  return { ...common, entity: { topic, subscription: name('subscriptionName', subscriptionName) } };
}

function checked(text: string, settingName: string): string {
  if (/(^|;)\s*Endpoint\s*=\s*sb:\/\//i.test(text)) return text;
  throw new HostError(
    `connection: the setting ${settingName} is no Service Bus connection string (Endpoint=sb://...).`,
  );
}
