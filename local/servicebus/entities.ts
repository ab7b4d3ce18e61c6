import { z } from 'zod';
import { durationInMs } from './duration';
import { correlationFilter } from './queues/filter';

const duration = z.string().transform((text, context) => {
  const parsedInMs = durationInMs(text);
  if (parsedInMs !== null && parsedInMs > 0) return parsedInMs;
  context.addIssue({ code: 'custom', message: `"${text}" is not an ISO 8601 duration such as PT30S` });
  return z.NEVER;
});

const entityName = z
  .string()
  .regex(/^[A-Za-z0-9]([A-Za-z0-9._/-]{0,258}[A-Za-z0-9])?$/, 'is not an entity name');

const receiving = {
  name: entityName,
  requiresSession: z.boolean().default(false),
  lockDuration: duration.default(60_000),
  maxDeliveryCount: z.int().min(1).max(2_147_483_647).default(10),
  defaultMessageTimeToLive: duration.optional(),
  deadLetteringOnMessageExpiration: z.boolean().default(false),
};

const duplicates = {
  requiresDuplicateDetection: z.boolean().default(false),
  duplicateDetectionHistoryTimeWindow: duration.default(600_000),
};

const Rule = z.strictObject({ name: z.string().min(1).max(50), correlationFilter });

const Queue = z.strictObject({ ...receiving, ...duplicates });
const Subscription = z.strictObject({ ...receiving, rules: z.array(Rule).optional() });
const Topic = z.strictObject({
  name: entityName,
  defaultMessageTimeToLive: duration.optional(),
  ...duplicates,
  subscriptions: z.array(Subscription).default([]),
});

/** The file that declares what the broker serves. What is not known is refused: a queue that is silently plainer is a trap. */
const EntitiesFile = z.strictObject({
  queues: z.array(Queue).default([]),
  topics: z.array(Topic).default([]),
});

export type Entities = z.input<typeof EntitiesFile>;
export type DeclaredEntities = z.output<typeof EntitiesFile>;
export type DeclaredQueue = z.output<typeof Queue>;
export type DeclaredSubscription = z.output<typeof Subscription>;
export type DeclaredTopic = z.output<typeof Topic>;

/** Throws an `Error` that names every fault. */
export function parseEntities(declaration: unknown): DeclaredEntities {
  const parsed = EntitiesFile.safeParse(declaration);
  if (!parsed.success)
    throw new Error(`The declared entities are not valid:\n${z.prettifyError(parsed.error)}`);
  refuseTwins(parsed.data);
  return parsed.data;
}

function refuseTwins({ queues, topics }: DeclaredEntities): void {
  const names = [
    ...[...queues, ...topics].map(({ name }) => name),
    ...topics.flatMap((topic) =>
      topic.subscriptions.map(({ name }) => `${topic.name}/Subscriptions/${name}`),
    ),
  ].map((name) => name.toLowerCase());
  const twin = names.find((name, index) => names.indexOf(name) !== index);
  if (twin !== undefined) throw new Error(`The declared entities are not valid: "${twin}" is declared twice`);
}
