import { types } from 'rhea';

/** One value with its AMQP type, as rhea reads and writes it. Maps and lists hold more of them in `value`. */
export interface Typed {
  readonly type: { readonly typecode: number };
  value: unknown;
  descriptor?: Typed;
}

interface Reader {
  read(): Typed;
}

interface Writer {
  write(value: Typed): void;
  toBuffer(): Buffer;
}

/** The parts of rhea's codec that its typings leave out. */
interface Codec {
  readonly Reader: new (bytes: Buffer) => Reader;
  readonly Writer: new () => Writer;
  unwrap(value: Typed, leaveDescribed?: boolean): unknown;
  wrap(value: unknown): Typed;
  wrap_boolean(value: boolean): Typed;
  wrap_int(value: number): Typed;
  wrap_uint(value: number): Typed;
  wrap_ubyte(value: number): Typed;
  wrap_ulong(value: number): Typed;
  wrap_long(value: number | Buffer): Typed;
  wrap_timestamp(value: number): Typed;
  wrap_string(value: string): Typed;
  wrap_symbol(value: string): Typed;
  wrap_uuid(value: Buffer): Typed;
  wrap_list(values: readonly unknown[]): Typed;
  wrap_map(value: object): Typed;
  wrap_array(values: readonly unknown[], typecode: number, descriptor?: undefined): Typed;
  described(descriptor: Typed, value: Typed): Typed;
}

export const amqp = types as unknown as Codec;

export function decodeValue(bytes: Buffer): Typed {
  return new amqp.Reader(bytes).read();
}

export function encodeValue(value: Typed): Buffer {
  const writer = new amqp.Writer();
  writer.write(value);
  return writer.toBuffer();
}

/** The elements of a list or a map, keys and values alternating. */
export function elementsOf(value: Typed): Typed[] {
  return Array.isArray(value.value) ? (value.value as Typed[]) : [];
}

export function described(descriptor: number, value: Typed): Typed {
  return amqp.described(amqp.wrap_ulong(descriptor), value);
}
