import { z } from 'zod';
import { type MessageFields } from '../encoding/incoming-message';

const text = z.string().optional();

export const correlationFilter = z.strictObject({
  correlationId: text,
  messageId: text,
  to: text,
  replyTo: text,
  subject: text,
  sessionId: text,
  replyToSessionId: text,
  contentType: text,
  applicationProperties: z
    .record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()]))
    .optional(),
});

export type CorrelationFilter = z.infer<typeof correlationFilter>;

/** What lets a message into a subscription. Of SQL, only "everything" and "nothing" are understood. */
export type Filter =
  | { readonly kind: 'true' }
  | { readonly kind: 'false' }
  | { readonly kind: 'correlation'; readonly correlation: CorrelationFilter };

export const storedFilter = z.union([
  z.strictObject({ kind: z.literal('true') }),
  z.strictObject({ kind: z.literal('false') }),
  z.strictObject({ kind: z.literal('correlation'), correlation: correlationFilter }),
]);

const systemFields = [
  'correlationId',
  'messageId',
  'to',
  'replyTo',
  'subject',
  'sessionId',
  'replyToSessionId',
  'contentType',
] as const;

export function isMatch(filter: Filter, fields: MessageFields): boolean {
  if (filter.kind !== 'correlation') return filter.kind === 'true';
  const { correlation } = filter;
  const isSystemMatch = systemFields.every(
    (name) => correlation[name] === undefined || correlation[name] === fields[name],
  );
  const wanted = Object.entries(correlation.applicationProperties ?? {});
  return isSystemMatch && wanted.every(([name, value]) => fields.applicationProperties.get(name) === value);
}
