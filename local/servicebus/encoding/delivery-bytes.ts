import { amqp, decodeValue, described, elementsOf, encodeValue, type Typed } from './amqp-types';
import { skipValue } from './skip-value';

const messageAnnotations = 0x72;
const applicationProperties = 0x74;
const propertiesSection = 0x73;

/** What the broker says about a message when it hands it out. */
export interface DeliveryFacts {
  readonly sequence: number;
  readonly enqueuedSequence: number;
  readonly enqueuedAtMs: number;
  readonly lockedUntilMs: number | null;
  readonly state: 'active' | 'deferred' | 'scheduled';
  readonly deadLetterSource: string | null;
  readonly deliveryCount: number;
  readonly ttlInMs: number | null;
  readonly isDurable: boolean;
  readonly priority: number | null;
}

const stateNumbers = { active: 0, deferred: 1, scheduled: 2 } as const;
const ownAnnotations = new Set([
  'x-opt-sequence-number',
  'x-opt-enqueue-sequence-number',
  'x-opt-enqueued-time',
  'x-opt-locked-until',
  'x-opt-message-state',
  'x-opt-deadletter-source',
]);

/** The bytes a receiver gets: a header and annotations of now, and the sender's own bytes behind them. */
export function deliveryBytes(content: Buffer, facts: DeliveryFacts): Buffer {
  const { annotations, rest } = takeAnnotations(content);
  return Buffer.concat([headerBytes(facts), annotationBytes(annotations, facts), rest]);
}

/** The same content with these application properties added or replaced. */
export function withApplicationProperties(
  content: Buffer,
  changes: Readonly<Record<string, unknown>>,
): Buffer {
  const names = Object.keys(changes);
  if (names.length === 0) return content;
  const start = sectionStart(content);
  const isThere = start < content.length && sectionAt(content, start) === applicationProperties;
  const end = isThere ? skipValue(content, start) : start;
  const elements = isThere ? elementsOf(decodeValue(content.subarray(start, end))) : [];
  const kept = withoutKeys(elements, new Set(names));
  const added = names.flatMap((name) => [amqp.wrap_string(name), amqp.wrap(changes[name])]);
  const section = encodeMap(applicationProperties, [...kept, ...added]);
  return Buffer.concat([content.subarray(0, start), section, content.subarray(end)]);
}

/** Where the application properties are, or would be. */
function sectionStart(content: Buffer): number {
  let at = 0;
  while (at < content.length && (sectionAt(content, at) ?? 0) <= propertiesSection)
    at = skipValue(content, at);
  return at;
}

function sectionAt(content: Buffer, offset: number): number | undefined {
  return content[offset + 1] === 0x53 ? content[offset + 2] : content[offset + 9];
}

function takeAnnotations(content: Buffer): { annotations: Typed[]; rest: Buffer } {
  if (content.length === 0 || sectionAt(content, 0) !== messageAnnotations) {
    return { annotations: [], rest: content };
  }
  const end = skipValue(content, 0);
  return { annotations: elementsOf(decodeValue(content.subarray(0, end))), rest: content.subarray(end) };
}

function headerBytes({ isDurable, priority, ttlInMs, deliveryCount }: DeliveryFacts): Buffer {
  const fields = [
    amqp.wrap_boolean(isDurable),
    priority === null ? null : amqp.wrap_ubyte(priority),
    ttlInMs === null || ttlInMs > 0xffffffff ? null : amqp.wrap_uint(ttlInMs),
    null,
    amqp.wrap_uint(deliveryCount),
  ];
  return encodeValue(described(0x70, amqp.wrap_list(fields)));
}

function annotationBytes(given: Typed[], facts: DeliveryFacts): Buffer {
  const own: [string, Typed][] = [
    ['x-opt-sequence-number', amqp.wrap_long(facts.sequence)],
    ['x-opt-enqueue-sequence-number', amqp.wrap_long(facts.enqueuedSequence)],
    ['x-opt-enqueued-time', amqp.wrap_timestamp(facts.enqueuedAtMs)],
    ['x-opt-message-state', amqp.wrap_int(stateNumbers[facts.state])],
  ];
  if (facts.lockedUntilMs !== null)
    own.push(['x-opt-locked-until', amqp.wrap_timestamp(facts.lockedUntilMs)]);
  if (facts.deadLetterSource !== null) {
    own.push(['x-opt-deadletter-source', amqp.wrap_string(facts.deadLetterSource)]);
  }
  const kept = withoutKeys(given, ownAnnotations);
  return encodeMap(messageAnnotations, [
    ...kept,
    ...own.flatMap(([name, value]) => [amqp.wrap_symbol(name), value]),
  ]);
}

function withoutKeys(elements: Typed[], names: ReadonlySet<string>): Typed[] {
  return elements.filter((_, index) => {
    const key = elements[index - (index % 2)];
    return !names.has(String(key?.value));
  });
}

/** rhea writes an object as a map; a map with typed keys is made from an empty one. */
function encodeMap(descriptor: number, elements: Typed[]): Buffer {
  const map = amqp.wrap_map({});
  map.value = elements;
  return encodeValue(described(descriptor, map));
}
