import { type ServiceBusReceivedMessage } from '@azure/service-bus';
import { type TypedData } from '../core/core-types';

/** The body as the handler's argument: text wherever it is text. */
export function bodyData(message: ServiceBusReceivedMessage): TypedData {
  const body: unknown = message.body;
  if (typeof body === 'string') return { string: body };
  if (body instanceof Uint8Array) {
    const text = textOf(body);
    return text === undefined ? { bytes: body } : { string: text };
  }
  return { json: JSON.stringify(body ?? null) };
}

/** A batch is text only; bytes that are none are shown with replacement characters, as .NET does. */
export function bodyText(message: ServiceBusReceivedMessage): string {
  const { string, bytes, json } = bodyData(message);
  return string ?? json ?? Buffer.from(bytes ?? []).toString('utf8');
}

/** The broker counts earlier deliveries; the Functions host counts this one too. */
function deliveryCountOf(message: ServiceBusReceivedMessage): number {
  return (message.deliveryCount ?? 0) + 1;
}

export function messageMetadata(message: ServiceBusReceivedMessage): Record<string, TypedData> {
  const texts: Record<string, string | undefined> = {
    MessageId: message.messageId === undefined ? undefined : String(message.messageId),
    SessionId: message.sessionId,
    CorrelationId: message.correlationId === undefined ? undefined : String(message.correlationId),
    ContentType: message.contentType,
    Subject: message.subject,
    Label: message.subject,
    To: message.to,
    ReplyTo: message.replyTo,
    ReplyToSessionId: message.replyToSessionId,
    PartitionKey: message.partitionKey,
    LockToken: message.lockToken,
    DeadLetterSource: message.deadLetterSource,
  };
  const metadata: Record<string, TypedData> = {};
  for (const [name, text] of Object.entries(texts)) if (text !== undefined) metadata[name] = { string: text };
  return Object.assign(metadata, json({ ...numbersOf(message), ...propertiesOf(message) }));
}

/** The same names with `Array` behind, one entry for each message. */
export function batchMetadata(messages: readonly ServiceBusReceivedMessage[]): Record<string, TypedData> {
  const texts = (
    pick: (message: ServiceBusReceivedMessage) => string | number | Buffer | undefined,
  ): TypedData => ({
    collectionString: { string: messages.map((message) => String(pick(message) ?? '')) },
  });
  return {
    MessageIdArray: texts((message) => message.messageId),
    SessionIdArray: texts((message) => message.sessionId),
    CorrelationIdArray: texts((message) => message.correlationId),
    ContentTypeArray: texts((message) => message.contentType),
    SubjectArray: texts((message) => message.subject),
    LabelArray: texts((message) => message.subject),
    LockTokenArray: texts((message) => message.lockToken),
    SequenceNumberArray: {
      collectionSint64: { sint64: messages.map((message) => Number(message.sequenceNumber ?? 0)) },
    },
    ...json({
      DeliveryCountArray: messages.map(deliveryCountOf),
      EnqueuedTimeUtcArray: messages.map((message) => message.enqueuedTimeUtc),
      ApplicationPropertiesArray: messages.map((message) => message.applicationProperties ?? {}),
      UserPropertiesArray: messages.map((message) => message.applicationProperties ?? {}),
    }),
  };
}

/** One line for the log. */
export function describeMessage(message: ServiceBusReceivedMessage): string {
  const session = message.sessionId === undefined ? '' : `, SessionId: ${message.sessionId}`;
  return `MessageId: ${String(message.messageId)}, SequenceNumber: ${String(message.sequenceNumber)}, DeliveryCount: ${deliveryCountOf(message)}, EnqueuedTimeUtc: ${message.enqueuedTimeUtc?.toISOString() ?? ''}${session}`;
}

function numbersOf(message: ServiceBusReceivedMessage): Record<string, unknown> {
  return {
    DeliveryCount: deliveryCountOf(message),
    SequenceNumber: Number(message.sequenceNumber ?? 0),
    EnqueuedTimeUtc: message.enqueuedTimeUtc,
    ExpiresAtUtc: notAfterDotNet(message.expiresAtUtc),
  };
}

/** A message without an end of life expires on the last day that .NET knows. */
function notAfterDotNet(moment: Date | undefined): Date | undefined {
  const lastMs = Date.UTC(9999, 11, 31, 23, 59, 59, 999);
  return moment === undefined || moment.getTime() <= lastMs ? moment : new Date(lastMs);
}

function propertiesOf({ applicationProperties = {} }: ServiceBusReceivedMessage): Record<string, unknown> {
  return { ApplicationProperties: applicationProperties, UserProperties: applicationProperties };
}

function json(values: Readonly<Record<string, unknown>>): Record<string, TypedData> {
  const present = Object.entries(values).filter(([, value]) => value !== undefined);
  return Object.fromEntries(present.map(([name, value]) => [name, { json: JSON.stringify(value) }]));
}

function textOf(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}
