import { BrokerError } from '../broker-error';
import { amqp, decodeValue, elementsOf, encodeValue, type Typed } from './amqp-types';
import { type Sections, splitSections } from './sections';

/** A message as a client sent it: what the broker must know of it, and its own bytes. */
export interface IncomingMessage {
  readonly messageId: string;
  readonly sessionId: string | null;
  readonly ttlInMs: number | null;
  readonly scheduledAtMs: number | null;
  readonly isDurable: boolean;
  readonly priority: number | null;
  /** Message annotations and everything behind them. The header is made anew for every delivery. */
  readonly content: Buffer;
  readonly fields: MessageFields;
}

/** What correlation filters look at. */
export interface MessageFields {
  readonly messageId: unknown;
  readonly to: unknown;
  readonly subject: unknown;
  readonly replyTo: unknown;
  readonly correlationId: unknown;
  readonly contentType: unknown;
  readonly sessionId: unknown;
  readonly replyToSessionId: unknown;
  readonly applicationProperties: ReadonlyMap<string, unknown>;
}

/** The message format of a batch: every data section is a message of its own. */
export const batchFormat = 0x80013700;
const longestTtlInMs = 0xffffffff;

/** Takes what came in one transfer apart into messages. */
export function parseTransfer(
  bytes: Buffer,
  format: number,
  newMessageId: () => string,
): readonly IncomingMessage[] {
  if (format !== batchFormat) return [parseMessage(bytes, newMessageId)];
  return splitSections(bytes).dataSections.map((data) => parseMessage(data, newMessageId));
}

export function parseMessage(bytes: Buffer, newMessageId: () => string): IncomingMessage {
  const sections = splitSections(bytes);
  const header = listOf(sections.header);
  const properties = listOf(sections.properties);
  const annotations = mapOf(sections.messageAnnotations);
  const sessionId = optionalString(properties[10], 'group-id');
  const identified = withMessageId(properties, sections, newMessageId);
  return {
    messageId: textOf(identified.messageId),
    sessionId,
    ttlInMs: ttlOf(header, properties),
    scheduledAtMs: timeOf(annotations.get('x-opt-scheduled-enqueue-time')),
    isDurable: unwrapped(header[0]) === true,
    priority: numberOf(header[1]),
    content: Buffer.concat([
      sections.messageAnnotations ?? Buffer.alloc(0),
      identified.encoded,
      sections.applicationProperties ?? Buffer.alloc(0),
      sections.rest,
    ]),
    fields: fieldsOf(properties, identified.messageId, mapOf(sections.applicationProperties)),
  };
}

/** The service gives every message an id; its clients rely on it. */
function withMessageId(
  properties: Typed[],
  sections: Sections,
  newMessageId: () => string,
): { messageId: unknown; encoded: Buffer } {
  const given = unwrapped(properties[0]);
  if (given !== null && sections.properties !== null)
    return { messageId: given, encoded: sections.properties };
  const messageId = newMessageId();
  const list = amqp.wrap_list([amqp.wrap_string(messageId), ...properties.slice(1)]);
  return { messageId, encoded: encodeValue(amqp.described(amqp.wrap_ulong(0x73), list)) };
}

function ttlOf(header: Typed[], properties: Typed[]): number | null {
  const ttlInMs = numberOf(header[2]);
  if (ttlInMs === null || ttlInMs < longestTtlInMs) return ttlInMs;
  const expiresAtMs = timeOf(unwrapped(properties[8]));
  const createdAtMs = timeOf(unwrapped(properties[9]));
  return expiresAtMs === null || createdAtMs === null ? ttlInMs : Math.max(0, expiresAtMs - createdAtMs);
}

function fieldsOf(properties: Typed[], messageId: unknown, application: Map<string, unknown>): MessageFields {
  return {
    messageId,
    to: unwrapped(properties[2]),
    subject: unwrapped(properties[3]),
    replyTo: unwrapped(properties[4]),
    correlationId: unwrapped(properties[5]),
    contentType: unwrapped(properties[6]),
    sessionId: unwrapped(properties[10]),
    replyToSessionId: unwrapped(properties[12]),
    applicationProperties: application,
  };
}

function listOf(section: Buffer | null): Typed[] {
  return section === null ? [] : elementsOf(decodeValue(section));
}

function mapOf(section: Buffer | null): Map<string, unknown> {
  const elements = section === null ? [] : elementsOf(decodeValue(section));
  const result = new Map<string, unknown>();
  for (let index = 0; index + 1 < elements.length; index += 2) {
    result.set(textOf(unwrapped(elements[index])), unwrapped(elements[index + 1]));
  }
  return result;
}

function unwrapped(value: Typed | undefined): unknown {
  return value === undefined ? null : (amqp.unwrap(value) ?? null);
}

function optionalString(value: Typed | undefined, name: string): string | null {
  const text = unwrapped(value);
  if (text === null || typeof text === 'string') return text;
  throw new BrokerError('amqp:invalid-field', `the message property ${name} must be a string`);
}

function numberOf(value: Typed | undefined): number | null {
  const number = unwrapped(value);
  return typeof number === 'number' && Number.isSafeInteger(number) ? number : null;
}

function timeOf(value: unknown): number | null {
  if (!(value instanceof Date)) return null;
  const timeMs = value.getTime();
  return Number.isSafeInteger(timeMs) ? timeMs : null;
}

function textOf(value: unknown): string {
  if (Buffer.isBuffer(value)) return value.toString('hex');
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}
