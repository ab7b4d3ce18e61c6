import { areEqual, isArray, isObject, type Json, propertyOf, textOf, type Value } from '../../json';
import { type SqlFunction, taking } from './function';

export const arrayFunctions: Readonly<Record<string, SqlFunction>> = {
  ARRAY_LENGTH: taking(1, ([array]) => (isArray(array) ? array.length : undefined)),
  ARRAY_CONCAT: {
    atLeast: 2,
    atMost: 200,
    evaluate: (arrays) => (arrays.every(isArray) ? arrays.flat(1) : undefined),
  },
  ARRAY_CONTAINS: {
    atLeast: 2,
    atMost: 3,
    evaluate: ([array, wanted, isPartial = false]) => {
      if (!isArray(array) || wanted === undefined) return undefined;
      return array.some((item) => (isPartial === true ? holds(item, wanted) : areEqual(item, wanted)));
    },
  },
  ARRAY_CONTAINS_ANY: {
    atLeast: 2,
    atMost: 200,
    evaluate: ([array, ...wanted]) =>
      isArray(array) ? wanted.some((value) => array.some((item) => areEqual(item, value))) : undefined,
  },
  ARRAY_CONTAINS_ALL: {
    atLeast: 2,
    atMost: 200,
    evaluate: ([array, ...wanted]) =>
      isArray(array) ? wanted.every((value) => array.some((item) => areEqual(item, value))) : undefined,
  },
  ARRAY_SLICE: {
    atLeast: 2,
    atMost: 3,
    evaluate: ([array, start, count]) => {
      if (!isArray(array) || typeof start !== 'number') return undefined;
      const from = start < 0 ? Math.max(array.length + start, 0) : start;
      if (count === undefined) return array.slice(from);
      return typeof count === 'number' ? array.slice(from, from + Math.max(count, 0)) : undefined;
    },
  },
  SETINTERSECT: taking(2, ([left, right]) => {
    if (!isArray(left) || !isArray(right)) return undefined;
    const kept = new Set(right.map(textOf));
    return distinct(left.filter((item) => kept.has(textOf(item))));
  }),
  SETUNION: taking(2, ([left, right]) =>
    isArray(left) && isArray(right) ? distinct([...left, ...right]) : undefined,
  ),
  CHOOSE: {
    atLeast: 2,
    atMost: 200,
    evaluate: ([index, ...choices]) =>
      typeof index === 'number' && index >= 1 ? choices[Math.floor(index) - 1] : undefined,
  },
  OBJECTTOARRAY: taking(1, ([object]) =>
    isObject(object) ? Object.entries(object).map(([k, v]) => ({ k, v })) : undefined,
  ),
};

/** Every property of what is wanted is in the item, with an equal value. */
function holds(item: Json, wanted: Json): boolean {
  if (!isObject(item) || !isObject(wanted)) return areEqual(item, wanted);
  return Object.entries(wanted).every(([name, value]: readonly [string, Value]) =>
    areEqual(propertyOf(item, name), value),
  );
}

function distinct(items: readonly Json[]): readonly Json[] {
  return [...new Map(items.map((item) => [textOf(item), item])).values()];
}
