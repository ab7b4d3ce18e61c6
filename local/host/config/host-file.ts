import { z } from 'zod';
import { LogLevelName, type LogLevel } from '../log/logger';
import { parseJsonText } from './parse-json-file';
import { parseTimeSpan } from './time-span';

const timeSpan = z.string().transform((text, context) => {
  const inMs = parseTimeSpan(text);
  if (inMs !== undefined && inMs >= 0) return inMs;
  context.addIssue(`must be a time span such as "00:05:00" (got "${text}")`);
  return z.NEVER;
});

const functionTimeout = z.union([z.literal('-1').transform(() => null), timeSpan]);
const count = (most: number): z.ZodNumber => z.int().min(1).max(most);

const ServiceBusOptions = z.looseObject({
  autoCompleteMessages: z
    .literal(true, { error: 'must be true: a Node function cannot settle a message itself' })
    .default(true),
  prefetchCount: z.int().min(0).max(10_000).default(0),
  maxConcurrentCalls: count(10_000).default(16),
  maxConcurrentSessions: count(2_000).default(8),
  maxConcurrentCallsPerSession: count(100).default(1),
  maxAutoLockRenewalDuration: timeSpan.default(5 * 60_000),
  maxMessageBatchSize: count(10_000).default(1_000),
  minMessageBatchSize: count(10_000).default(1),
  maxBatchWaitTime: timeSpan.default(30_000),
  sessionIdleTimeout: timeSpan.default(60_000),
});

const HttpOptions = z.looseObject({
  routePrefix: z
    .string()
    .default('api')
    .transform((prefix) => prefix.replace(/^\/+|\/+$/g, '')),
});

const HostFile = z.looseObject({
  version: z.literal('2.0', { error: 'must be "2.0"' }),
  functionTimeout: functionTimeout.default(30 * 60_000),
  logging: z
    .looseObject({ logLevel: z.record(z.string(), LogLevelName).default({}) })
    .default({ logLevel: {} }),
  extensions: z
    .looseObject({
      http: HttpOptions.prefault({}),
      serviceBus: ServiceBusOptions.prefault({}),
      durableTask: z
        .looseObject({
          hubName: z.string().min(1).default('TestHubName'),
          maxConcurrentActivityFunctions: count(10_000).optional(),
          maxConcurrentOrchestratorFunctions: count(10_000).optional(),
        })
        .prefault({}),
    })
    .prefault({}),
});

export type ServiceBusSettings = z.output<typeof ServiceBusOptions>;

/** What host.json says, with the real host's defaults. */
export interface HostConfiguration {
  readonly functionTimeoutInMs: number | null;
  readonly logLevels: Readonly<Record<string, LogLevel>>;
  readonly routePrefix: string;
  readonly serviceBus: ServiceBusSettings;
  readonly durableTask: z.output<typeof HostFile>['extensions']['durableTask'];
}

export function parseHostFile(text: string): HostConfiguration {
  const file = parseJsonText('host.json', text, HostFile);
  return {
    functionTimeoutInMs: file.functionTimeout,
    logLevels: file.logging.logLevel,
    routePrefix: file.extensions.http.routePrefix,
    serviceBus: file.extensions.serviceBus,
    durableTask: file.extensions.durableTask,
  };
}
