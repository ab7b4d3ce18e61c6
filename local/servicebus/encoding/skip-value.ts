import { DecodeError } from './decode-error';

/*
 * Walks over one encoded AMQP value without building it. rhea's reader trusts counts: an array of four billion
 * nulls takes nine bytes and all the memory there is. So every byte from a client is walked here first.
 */

const deepest = 32;
const mostEmptyElements = 65_536;

/** Type codes of AMQP 1.0, without the described constructor. */
const knownCodes = new Set([
  0x40, 0x41, 0x42, 0x43, 0x44, 0x45, 0x50, 0x51, 0x52, 0x53, 0x54, 0x55, 0x56, 0x60, 0x61, 0x70, 0x71, 0x72,
  0x73, 0x74, 0x80, 0x81, 0x82, 0x83, 0x84, 0x94, 0x98, 0xa0, 0xa1, 0xa3, 0xb0, 0xb1, 0xb3, 0xc0, 0xc1, 0xd0,
  0xd1, 0xe0, 0xf0,
]);

const fixedWidths: Readonly<Record<number, number>> = { 4: 0, 5: 1, 6: 2, 7: 4, 8: 8, 9: 16 };

/** Where the value that starts at `offset` ends. Throws a `DecodeError` when it does not end within the bytes. */
export function skipValue(bytes: Buffer, offset: number, depth = 0): number {
  const start = skipDescriptors(bytes, offset, depth);
  return skipBody(bytes, start + 1, codeAt(bytes, start), depth);
}

/** Where the constructor proper starts, after any descriptors. */
export function skipDescriptors(bytes: Buffer, offset: number, depth = 0): number {
  let at = offset;
  for (let level = depth; byteAt(bytes, at) === 0; level += 1) {
    if (level > deepest) throw new DecodeError('descriptors are nested too deeply');
    at = skipValue(bytes, at + 1, level + 1);
  }
  return at;
}

/** Calls `visit` with the start of every element of the list or map whose constructor is at `offset`. */
export function eachElement(
  bytes: Buffer,
  offset: number,
  visit: (start: number, index: number) => void,
): void {
  const code = codeAt(bytes, offset);
  if (code === 0x45) return;
  const width = code >>> 4 === 0xc ? 1 : 4;
  const count = sizeAt(bytes, offset + 1 + width, width);
  let at = offset + 1 + 2 * width;
  for (let index = 0; index < count; index += 1) {
    visit(at, index);
    at = skipValue(bytes, at, 1);
  }
}

function skipBody(bytes: Buffer, offset: number, code: number, depth: number): number {
  if (depth > deepest) throw new DecodeError('values are nested too deeply');
  const category = code >>> 4;
  const fixed = fixedWidths[category];
  if (fixed !== undefined) return within(bytes, offset + fixed);
  const width = category % 2 === 0 ? 1 : 4;
  if (category <= 0xb) return within(bytes, offset + width + sizeAt(bytes, offset, width));
  return skipCompound(bytes, offset, { width, isArray: category >= 0xe, isMap: (code & 0xf) === 1, depth });
}

interface Compound {
  readonly width: number;
  readonly isArray: boolean;
  readonly isMap: boolean;
  readonly depth: number;
}

function skipCompound(bytes: Buffer, offset: number, { width, isArray, isMap, depth }: Compound): number {
  const end = within(bytes, offset + width + sizeAt(bytes, offset, width));
  const count = sizeAt(bytes, offset + width, width);
  if (isMap && count % 2 !== 0) throw new DecodeError('a map has a key without a value');
  let at = offset + 2 * width;
  if (isArray) {
    at = skipArrayItems(bytes, at, count, depth);
  } else {
    for (let index = 0; index < count; index += 1) at = skipValue(bytes, at, depth + 1);
  }
  if (at !== end) throw new DecodeError('a size does not agree with its contents');
  return end;
}

function skipArrayItems(bytes: Buffer, offset: number, count: number, depth: number): number {
  const constructor = skipDescriptors(bytes, offset, depth + 1);
  const code = codeAt(bytes, constructor);
  const width = fixedWidths[code >>> 4];
  if (width === 0 && count > mostEmptyElements) throw new DecodeError('an array of nothing is too long');
  if (width !== undefined) return within(bytes, constructor + 1 + width * count);
  let at = constructor + 1;
  for (let index = 0; index < count; index += 1) at = skipBody(bytes, at, code, depth + 1);
  return at;
}

export function codeAt(bytes: Buffer, offset: number): number {
  const code = byteAt(bytes, offset);
  if (!knownCodes.has(code)) throw new DecodeError(`unknown type code 0x${code.toString(16)}`);
  return code;
}

function sizeAt(bytes: Buffer, offset: number, width: number): number {
  within(bytes, offset + width);
  return width === 1 ? bytes.readUInt8(offset) : bytes.readUInt32BE(offset);
}

function byteAt(bytes: Buffer, offset: number): number {
  const byte = bytes[offset];
  if (byte === undefined) throw new DecodeError('a value ends too early');
  return byte;
}

function within(bytes: Buffer, offset: number): number {
  if (offset > bytes.length) throw new DecodeError('a value ends too early');
  return offset;
}
