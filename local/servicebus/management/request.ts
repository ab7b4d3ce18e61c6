import { message } from 'rhea';
import { z } from 'zod';
import { asBrokerError, BrokerError, type Condition } from '../broker-error';
import { amqp, type Typed } from '../encoding/amqp-types';
import { splitSections } from '../encoding/sections';

/** A request to a management node, decoded. */
export interface ManagementRequest {
  readonly messageId: unknown;
  readonly replyTo: string;
  readonly properties: Readonly<Record<string, unknown>>;
  readonly body: unknown;
}

export interface ManagementAnswer {
  readonly status: number;
  readonly description?: string;
  readonly body?: object;
}

const Wire = z.object({
  message_id: z.unknown(),
  reply_to: z.string(),
  application_properties: z.record(z.string(), z.unknown()).default({}),
  body: z.unknown(),
});

const statuses: Partial<Record<Condition, number>> = {
  'amqp:decode-error': 400,
  'amqp:invalid-field': 400,
  'amqp:not-allowed': 400,
  'amqp:not-found': 404,
  'amqp:not-implemented': 501,
  'amqp:resource-limit-exceeded': 403,
  'amqp:unauthorized-access': 401,
  'com.microsoft:argument-error': 400,
  'com.microsoft:entity-already-exists': 409,
  'com.microsoft:message-lock-lost': 410,
  'com.microsoft:message-not-found': 404,
  'com.microsoft:session-cannot-be-locked': 410,
  'com.microsoft:session-lock-lost': 410,
};

/** Null when there is nobody to answer to. */
export function decodeRequest(bytes: Buffer): ManagementRequest | null {
  splitSections(bytes);
  const parsed = Wire.safeParse({ ...message.decode(bytes) });
  if (!parsed.success) return null;
  const { message_id: messageId, reply_to: replyTo, application_properties: properties, body } = parsed.data;
  return { messageId, replyTo, properties, body };
}

/** The values of a request's body, checked; a wrong one is an argument error that names it. */
export function bodyOf<T extends z.ZodType>(schema: T, body: unknown): z.output<T> {
  const parsed = schema.safeParse(body);
  if (parsed.success) return parsed.data;
  throw new BrokerError('com.microsoft:argument-error', z.prettifyError(parsed.error));
}

/** What is sent back for a management request. `$cbs` spells the same two names differently. */
export function answerMessage(request: ManagementRequest, answer: ManagementAnswer): object {
  const { status, description, body } = answer;
  return {
    correlation_id: request.messageId,
    application_properties: {
      statusCode: amqp.wrap_int(status),
      statusDescription: description ?? 'OK',
    },
    body: body ?? {},
  };
}

export function refusalMessage(request: ManagementRequest, error: unknown): object {
  const { condition, message: description } = asBrokerError(error);
  return {
    correlation_id: request.messageId,
    application_properties: {
      statusCode: amqp.wrap_int(statuses[condition] ?? 500),
      statusDescription: description,
      errorCondition: amqp.wrap_symbol(condition) satisfies Typed,
    },
    body: {},
  };
}
