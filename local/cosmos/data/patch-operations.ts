import { z } from 'zod';
import { badRequest } from '../failure';
import { isArray, isObject, type Json, type JsonObject, objectOf, propertyOf, type Value } from '../json';

const path = z.string().regex(/^\/./, 'a path begins with /');
const json = z.json();

export const PatchOperation = z.discriminatedUnion('op', [
  z.object({ op: z.enum(['add', 'set', 'replace']), path, value: json }),
  z.object({ op: z.literal('remove'), path }),
  z.object({ op: z.literal('incr'), path, value: z.number() }),
  z.object({ op: z.literal('move'), path, from: path }),
]);
export type PatchOperation = z.infer<typeof PatchOperation>;

const untouchable = ['id', '_rid', '_self', '_etag', '_ts', '_attachments'];

/** The document after one operation. Nothing is changed in place. */
export function patched(document: Json, operation: PatchOperation): Json {
  const names = namesOf(operation.path);
  switch (operation.op) {
    case 'add':
    case 'set':
    case 'replace':
      return placed(document, names, { value: operation.value, how: operation.op });
    case 'incr':
      return placed(document, names, { value: incremented(document, names, operation.value), how: 'set' });
    case 'remove':
      return removed(document, names);
    case 'move': {
      const from = namesOf(operation.from);
      const value = valueAt(document, from);
      if (value === undefined) throw missing(from);
      if (operation.path.startsWith(`${operation.from}/`)) {
        throw badRequest('A value cannot be moved into itself.');
      }
      return placed(removed(document, from), names, { value, how: 'set' });
    }
  }
}

/** As in JSON pointers, ~1 stands for / and ~0 for ~. */
function namesOf(path: string): readonly string[] {
  const names = path
    .slice(1)
    .split('/')
    .map((name) => name.replaceAll('~1', '/').replaceAll('~0', '~'));
  if (untouchable.includes(names[0] ?? '')) throw badRequest(`The property '${path}' cannot be patched.`);
  return names;
}

interface Placing {
  readonly value: Json;
  readonly how: 'add' | 'set' | 'replace';
}

function placed(container: Value, names: readonly string[], placing: Placing): Json {
  const [name = '', ...rest] = names;
  if (isArray(container)) return placedInArray(container, name, { rest, placing });
  if (!isObject(container)) throw missing(names);
  const present = propertyOf(container, name);
  if (rest.length > 0) return withProperty(container, name, placed(present, rest, placing));
  if (placing.how === 'replace' && present === undefined) throw missing(names);
  return withProperty(container, name, placing.value);
}

function placedInArray(
  array: readonly Json[],
  name: string,
  { rest, placing }: { readonly rest: readonly string[]; readonly placing: Placing },
): Json {
  const index = name === '-' && placing.how !== 'replace' ? array.length : indexIn(array, name);
  if (rest.length > 0) return array.with(indexBelow(array, index), placed(array[index], rest, placing));
  if (placing.how === 'add' || index === array.length) {
    if (placing.how === 'replace') throw missing([name]);
    return array.toSpliced(index, 0, placing.value);
  }
  return array.with(index, placing.value);
}

function removed(container: Value, names: readonly string[]): Json {
  const [name = '', ...rest] = names;
  if (isArray(container)) {
    const index = indexBelow(container, indexIn(container, name));
    if (rest.length > 0) return container.with(index, removed(container[index], rest));
    return container.toSpliced(index, 1);
  }
  if (!isObject(container) || propertyOf(container, name) === undefined) throw missing(names);
  if (rest.length > 0) return withProperty(container, name, removed(propertyOf(container, name), rest));
  return objectOf(Object.entries(container).filter(([other]) => other !== name));
}

function incremented(document: Json, names: readonly string[], by: number): number {
  const present = valueAt(document, names);
  if (present === undefined) return by;
  if (typeof present !== 'number') throw badRequest(`The value at '/${names.join('/')}' is not a number.`);
  return present + by;
}

function valueAt(document: Json, names: readonly string[]): Value {
  return names.reduce<Value>((value, name) => {
    if (isArray(value)) return /^\d+$/.test(name) ? value[Number(name)] : undefined;
    return isObject(value) ? propertyOf(value, name) : undefined;
  }, document);
}

function withProperty(object: JsonObject, name: string, value: Json): JsonObject {
  return objectOf([...Object.entries(object).filter(([other]) => other !== name), [name, value]]);
}

function indexIn(array: readonly Json[], name: string): number {
  const index = /^\d{1,9}$/.test(name) ? Number(name) : Number.NaN;
  if (!(index <= array.length)) throw missing([name]);
  return index;
}

function indexBelow(array: readonly Json[], index: number): number {
  if (index >= array.length) throw missing([String(index)]);
  return index;
}

function missing(names: readonly string[]): Error {
  return badRequest(`The patch does not fit the document: there is nothing at '/${names.join('/')}'.`);
}
