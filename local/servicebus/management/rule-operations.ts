import { z } from 'zod';
import { BrokerError } from '../broker-error';
import { amqp, described, type Typed } from '../encoding/amqp-types';
import { correlationFilter, type CorrelationFilter, type Filter } from '../queues/filter';
import { type Rules } from '../queues/rules';
import { bodyOf, type ManagementAnswer } from './request';

const descriptors = {
  rule: 0x13700000004,
  action: 0x13700000006,
  true: 0x1370000007,
  false: 0x1370000008,
  correlation: 0x1370000009,
} as const;

const expression = z.object({ expression: z.string() });
const AddRule = z.object({
  'rule-name': z.string().min(1).max(50),
  'rule-description': z.object({
    'sql-filter': expression.nullish(),
    'sql-rule-action': expression.nullish(),
    'correlation-filter': z.record(z.string(), z.unknown()).nullish(),
  }),
});

export async function addRule(rules: Rules, body: unknown): Promise<ManagementAnswer> {
  const { 'rule-name': name, 'rule-description': description } = bodyOf(AddRule, body);
  if (description['sql-rule-action']) throw notImplemented('SQL actions are');
  const correlation = description['correlation-filter'];
  const filter: Filter = correlation
    ? { kind: 'correlation', correlation: correlationOf(correlation) }
    : sqlFilter(description['sql-filter']?.expression ?? '1=1');
  await rules.add(name, filter);
  return { status: 200 };
}

const RemoveRule = z.object({ 'rule-name': z.string() });

export async function removeRule(rules: Rules, body: unknown): Promise<ManagementAnswer> {
  await rules.remove(bodyOf(RemoveRule, body)['rule-name']);
  return { status: 200 };
}

const Page = z.object({ skip: z.int().min(0).default(0), top: z.int().min(1).default(100) });

export function listRules(rules: Rules, body: unknown): ManagementAnswer {
  const { skip, top } = bodyOf(Page, body);
  const page = rules.list().slice(skip, skip + top);
  if (page.length === 0) return { status: 204, description: 'No rules' };
  return {
    status: 200,
    body: { rules: page.map(([name, filter]) => ({ 'rule-description': encodeRule(name, filter) })) },
  };
}

function sqlFilter(text: string): Filter {
  const bare = text.replace(/\s/g, '');
  if (bare === '1=1') return { kind: 'true' };
  if (bare === '1=0') return { kind: 'false' };
  throw notImplemented('SQL filters other than 1=1 and 1=0 are');
}

function notImplemented(what: string): BrokerError {
  return new BrokerError('amqp:not-implemented', `${what} not supported by this broker.`);
}

function correlationOf(wire: Readonly<Record<string, unknown>>): CorrelationFilter {
  const given = {
    correlationId: wire['correlation-id'],
    messageId: wire['message-id'],
    to: wire['to'],
    replyTo: wire['reply-to'],
    subject: wire['label'],
    sessionId: wire['session-id'],
    replyToSessionId: wire['reply-to-session-id'],
    contentType: wire['content-type'],
    applicationProperties: wire['properties'],
  };
  const present = Object.entries(given).filter(([, value]) => value !== null && value !== undefined);
  return bodyOf(correlationFilter, Object.fromEntries(present));
}

function encodeRule(name: string, filter: Filter): Typed {
  const fields = filter.kind === 'correlation' ? correlationFields(filter.correlation) : [];
  return described(
    descriptors.rule,
    amqp.wrap_list([
      described(descriptors[filter.kind], amqp.wrap_list(fields)),
      described(descriptors.action, amqp.wrap_list([])),
      amqp.wrap_string(name),
    ]),
  );
}

function correlationFields(filter: CorrelationFilter): unknown[] {
  return [
    filter.correlationId,
    filter.messageId,
    filter.to,
    filter.replyTo,
    filter.subject,
    filter.sessionId,
    filter.replyToSessionId,
    filter.contentType,
    filter.applicationProperties,
  ];
}
