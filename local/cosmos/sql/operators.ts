import { areEqual, compareValues, isArray, isObject, type Value } from '../json';

type Binary = (left: Value, right: Value) => Value;

/** What does not fit the operator's types comes to nothing, never to an error: documents differ in shape. */
export const binaryOperators: Readonly<Record<string, Binary>> = {
  '=': equality(true),
  '!=': equality(false),
  '<>': equality(false),
  '<': relation((order) => order < 0),
  '<=': relation((order) => order <= 0),
  '>': relation((order) => order > 0),
  '>=': relation((order) => order >= 0),
  '+': arithmetic((left, right) => left + right),
  '-': arithmetic((left, right) => left - right),
  '*': arithmetic((left, right) => left * right),
  '/': arithmetic((left, right) => left / right),
  '%': arithmetic((left, right) => left % right),
  '&': arithmetic((left, right) => left & right),
  '|': arithmetic((left, right) => left | right),
  '^': arithmetic((left, right) => left ^ right),
  '<<': arithmetic((left, right) => left << right),
  '>>': arithmetic((left, right) => left >> right),
  '>>>': arithmetic((left, right) => left >>> right),
  '||': (left, right) =>
    typeof left === 'string' && typeof right === 'string' ? joined([left, right]) : undefined,
};

const longestText = 2 * 1024 * 1024;

/** Texts end to end, unless that is longer than any document may be. */
export function joined(parts: readonly string[]): string | undefined {
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  return length > longestText ? undefined : parts.join('');
}

export function not(value: Value): Value {
  return typeof value === 'boolean' ? !value : undefined;
}

/** True wins over nothing, and nothing over false. */
export function or(left: Value, right: () => Value): Value {
  if (left === true) return true;
  const other = right();
  if (other === true) return true;
  return left === false && other === false ? false : undefined;
}

/** False wins over nothing, and nothing over true. */
export function and(left: Value, right: () => Value): Value {
  if (left === false) return false;
  const other = right();
  if (other === false) return false;
  return left === true && other === true ? true : undefined;
}

/** A number JSON can hold, or nothing. */
export function finite(number: number): number | undefined {
  return Number.isFinite(number) ? number : undefined;
}

export function equals(left: Value, right: Value): boolean | undefined {
  return typeOf(left) === typeOf(right) && left !== undefined ? areEqual(left, right) : undefined;
}

function equality(wanted: boolean): Binary {
  return (left, right) => {
    const same = equals(left, right);
    return same === undefined ? undefined : same === wanted;
  };
}

function relation(holds: (order: number) => boolean): Binary {
  return (left, right) => {
    const type = typeOf(left);
    if (type !== typeOf(right) || type === 'undefined' || type === 'array' || type === 'object') {
      return undefined;
    }
    return holds(compareValues(left, right));
  };
}

function arithmetic(operate: (left: number, right: number) => number): Binary {
  return (left, right) =>
    typeof left === 'number' && typeof right === 'number' ? finite(operate(left, right)) : undefined;
}

function typeOf(value: Value): string {
  if (value === null) return 'null';
  if (isArray(value)) return 'array';
  return isObject(value) ? 'object' : typeof value;
}
