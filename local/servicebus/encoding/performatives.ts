import { DecodeError } from './decode-error';
import { codeAt, eachElement, skipDescriptors, skipValue } from './skip-value';

/*
 * Frame bodies, checked field by field before rhea sees them: rhea believes that a handle is a number and a name a
 * string, and finds out otherwise in the middle of its own bookkeeping.
 */

const kinds = {
  any: [],
  described: [0x00],
  string: [0xa1, 0xb1],
  symbol: [0xa3, 0xb3],
  symbols: [0xa3, 0xb3, 0xe0, 0xf0],
  binary: [0xa0, 0xb0],
  boolean: [0x41, 0x42, 0x56],
  ubyte: [0x50],
  ushort: [0x60],
  uint: [0x43, 0x52, 0x70],
  ulong: [0x44, 0x53, 0x80],
  map: [0xc1, 0xd1],
} as const satisfies Record<string, readonly number[]>;

type Kind = keyof typeof kinds;
/** A field that must be there is written with an exclamation mark. */
type Field = Kind | `${Kind}!`;

const performatives = new Map<number, { readonly name: string; readonly fields: readonly Field[] }>([
  [
    0x10,
    { name: 'open', fields: fieldsOf('string! string uint ushort uint symbols symbols symbols symbols map') },
  ],
  [0x11, { name: 'begin', fields: fieldsOf('ushort uint! uint! uint! uint symbols symbols map') }],
  [
    0x12,
    {
      name: 'attach',
      fields: fieldsOf(
        'string! uint! boolean! ubyte ubyte described described map boolean uint ulong symbols symbols map',
      ),
    },
  ],
  [
    0x13,
    { name: 'flow', fields: fieldsOf('uint uint! uint! uint! uint uint uint uint boolean boolean map') },
  ],
  [
    0x14,
    {
      name: 'transfer',
      fields: fieldsOf('uint! uint binary uint boolean boolean ubyte described boolean boolean boolean'),
    },
  ],
  [0x15, { name: 'disposition', fields: fieldsOf('boolean! uint! uint boolean described boolean') }],
  [0x16, { name: 'detach', fields: fieldsOf('uint! boolean described') }],
  [0x17, { name: 'end', fields: fieldsOf('described') }],
  [0x18, { name: 'close', fields: fieldsOf('described') }],
  [0x41, { name: 'sasl-init', fields: fieldsOf('symbol! binary string') }],
  [0x43, { name: 'sasl-response', fields: fieldsOf('binary!') }],
]);

/** Checks the performative at the start of a frame body; anything behind it is the payload of a transfer. */
export function checkPerformative(body: Buffer): void {
  const end = skipValue(body, 0);
  const list = skipDescriptors(body, 0);
  const code = descriptorCode(body);
  const known = performatives.get(code);
  if (known === undefined) throw new DecodeError(`unknown performative 0x${code.toString(16)}`);
  if (![0x45, 0xc0, 0xd0].includes(codeAt(body, list))) throw new DecodeError(`${known.name} is not a list`);
  if (known.name !== 'transfer' && end !== body.length) {
    throw new DecodeError(`${known.name} is followed by something`);
  }
  checkFields(body, list, known);
}

function checkFields(
  body: Buffer,
  list: number,
  { name, fields }: { name: string; fields: readonly Field[] },
): void {
  let found = 0;
  eachElement(body, list, (start, index) => {
    found = index + 1;
    const field = fields[index];
    if (field === undefined) throw new DecodeError(`${name} has too many fields`);
    const code = body[start] ?? 0;
    const isThere = code !== 0x40;
    if (!isThere && field.endsWith('!')) throw new DecodeError(`field ${index} of ${name} is missing`);
    if (isThere && !isOfKind(code, field))
      throw new DecodeError(`field ${index} of ${name} has the wrong type`);
  });
  if (fields.slice(found).some((field) => field.endsWith('!'))) {
    throw new DecodeError(`a field of ${name} is missing`);
  }
}

function isOfKind(code: number, field: Field): boolean {
  const allowed: readonly number[] = kinds[field.replace('!', '') as Kind];
  return allowed.length === 0 || allowed.includes(code);
}

/** Only the numeric descriptors of AMQP 1.0 are known; nobody sends the symbolic ones. */
function descriptorCode(body: Buffer): number {
  if (body[0] === 0x00 && body[1] === 0x53) return body[2] ?? -1;
  if (body[0] === 0x00 && body[1] === 0x80 && body.length >= 10) return Number(body.readBigUInt64BE(2));
  throw new DecodeError('a frame does not start with a performative');
}

function fieldsOf(text: string): Field[] {
  return text.split(' ') as Field[];
}
