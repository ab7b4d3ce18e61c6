import { DecodeError } from './decode-error';
import { codeAt, skipDescriptors, skipValue } from './skip-value';

/** The sections of one encoded message, each as its own bytes. `bare` is what no broker may touch. */
export interface Sections {
  readonly header: Buffer | null;
  readonly messageAnnotations: Buffer | null;
  readonly properties: Buffer | null;
  readonly applicationProperties: Buffer | null;
  /** Body and footer. */
  readonly rest: Buffer;
  readonly dataSections: readonly Buffer[];
}

const section = {
  header: 0x70,
  deliveryAnnotations: 0x71,
  messageAnnotations: 0x72,
  properties: 0x73,
  applicationProperties: 0x74,
  data: 0x75,
  sequence: 0x76,
  value: 0x77,
  footer: 0x78,
} as const;

const lists = [0x45, 0xc0, 0xd0];
const maps = [0xc1, 0xd1];
const binaries = [0xa0, 0xb0];
const allowedCodes = new Map<number, readonly number[]>([
  [section.header, lists],
  [section.deliveryAnnotations, maps],
  [section.messageAnnotations, maps],
  [section.properties, lists],
  [section.applicationProperties, maps],
  [section.data, binaries],
  [section.sequence, lists],
  [section.footer, maps],
]);

/** Takes an encoded message apart without decoding it. Throws a `DecodeError` when it is not one. */
export function splitSections(bytes: Buffer): Sections {
  const found = new Map<number, Buffer>();
  const dataSections: Buffer[] = [];
  let restStart = bytes.length;
  let previous = 0;
  for (let at = 0; at < bytes.length;) {
    const end = skipValue(bytes, at);
    const kind = sectionKind(bytes, at);
    if (kind < previous || (kind === previous && kind !== section.data && kind !== section.sequence)) {
      throw new DecodeError('the sections of a message are out of order');
    }
    if (kind >= section.data) restStart = Math.min(restStart, at);
    if (kind === section.data) dataSections.push(dataOf(bytes.subarray(at, end)));
    found.set(kind, bytes.subarray(at, end));
    previous = kind;
    at = end;
  }
  return {
    header: found.get(section.header) ?? null,
    messageAnnotations: found.get(section.messageAnnotations) ?? null,
    properties: found.get(section.properties) ?? null,
    applicationProperties: found.get(section.applicationProperties) ?? null,
    rest: bytes.subarray(restStart),
    dataSections,
  };
}

function sectionKind(bytes: Buffer, offset: number): number {
  if (bytes[offset] !== 0) throw new DecodeError('a message section has no descriptor');
  const kind = descriptorOf(bytes, offset + 1);
  if (kind < section.header || kind > section.footer) {
    throw new DecodeError(`unknown message section 0x${kind.toString(16)}`);
  }
  const value = skipDescriptors(bytes, offset);
  const allowed = allowedCodes.get(kind);
  if (allowed !== undefined && !allowed.includes(codeAt(bytes, value))) {
    throw new DecodeError(`message section 0x${kind.toString(16)} has the wrong type`);
  }
  return kind;
}

function descriptorOf(bytes: Buffer, offset: number): number {
  const code = codeAt(bytes, offset);
  if (code === 0x53) return bytes.readUInt8(offset + 1);
  if (code === 0x80) return Number(bytes.readBigUInt64BE(offset + 1));
  throw new DecodeError('a message section has a descriptor of a wrong type');
}

function dataOf(encoded: Buffer): Buffer {
  const value = skipDescriptors(encoded, 0);
  return encoded.subarray(value + (encoded[value] === 0xa0 ? 2 : 5));
}
