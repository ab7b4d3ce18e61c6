export type Json = null | boolean | number | string | readonly Json[] | JsonObject;
export interface JsonObject {
  readonly [name: string]: Json;
}
/** What an expression can come to: JSON, or nothing at all, which is not null. */
export type Value = Json | undefined;

export function isObject(value: Value): value is JsonObject {
  return typeof value === 'object' && value !== null && !isArray(value);
}

export function isArray(value: Value): value is readonly Json[] {
  return Array.isArray(value);
}

/** A property that is the object's own, so that no document can reach `constructor`. */
export function propertyOf(object: JsonObject, name: string): Value {
  return Object.hasOwn(object, name) ? object[name] : undefined;
}

/** An object of these entries. `__proto__` is a name like any other. */
export function objectOf(entries: Iterable<readonly [string, Value]>): JsonObject {
  const object: Record<string, Json> = {};
  for (const [name, value] of entries) {
    if (value === undefined) continue;
    if (name === '__proto__') {
      Object.defineProperty(object, name, { value, enumerable: true, writable: true, configurable: true });
    } else object[name] = value;
  }
  return object;
}

/** The order of types in ORDER BY: nothing, null, false, true, numbers, strings, arrays, objects. */
export function rankOf(value: Value): number {
  if (value === undefined) return 0;
  if (value === null) return 1;
  if (typeof value === 'boolean') return value ? 3 : 2;
  if (typeof value === 'number') return 4;
  if (typeof value === 'string') return 5;
  return isArray(value) ? 6 : 7;
}

/** A total order, for ORDER BY, MIN and MAX. Arrays and objects are ordered by their text. */
export function compareValues(left: Value, right: Value): number {
  const ranks = rankOf(left) - rankOf(right);
  if (ranks !== 0) return ranks;
  if (typeof left === 'number' && typeof right === 'number') return left - right;
  if (typeof left === 'string' && typeof right === 'string') return compareText(left, right);
  if (rankOf(left) < 6) return 0;
  return compareText(textOf(left), textOf(right));
}

/** By code point, as UTF-8 bytes compare; JavaScript itself compares UTF-16 units. */
export function compareText(left: string, right: string): number {
  const length = Math.min(left.length, right.length);
  for (let index = 0; index < length; index++) {
    const difference = left.charCodeAt(index) - right.charCodeAt(index);
    if (difference !== 0) return inCodePointOrder(left, index) - inCodePointOrder(right, index);
  }
  return left.length - right.length;
}

function inCodePointOrder(text: string, index: number): number {
  const unit = text.charCodeAt(index);
  if (unit < 0xd800) return unit;
  return unit < 0xe000 ? unit + 0x2000 : unit - 0x800;
}

export function areEqual(left: Value, right: Value): boolean {
  if (left === right) return true;
  if (isArray(left) && isArray(right)) {
    return left.length === right.length && left.every((item, index) => areEqual(item, right[index]));
  }
  if (!isObject(left) || !isObject(right)) return false;
  const names = Object.keys(left);
  if (names.length !== Object.keys(right).length) return false;
  return names.every((name) => Object.hasOwn(right, name) && areEqual(left[name], right[name]));
}

/** One text for equal values, whatever the order of their properties: a key for DISTINCT and GROUP BY. */
export function textOf(value: Value): string {
  if (value === undefined) return 'undefined';
  if (isArray(value)) return `[${value.map(textOf).join(',')}]`;
  if (!isObject(value)) return JSON.stringify(value);
  const names = Object.keys(value).sort(compareText);
  return `{${names.map((name) => `${JSON.stringify(name)}:${textOf(value[name])}`).join(',')}}`;
}
