import { isArray, isObject, type Value } from '../../json';
import { type SqlFunction, taking } from './function';

export const typeFunctions: Readonly<Record<string, SqlFunction>> = {
  IS_DEFINED: is((value) => value !== undefined),
  IS_NULL: is((value) => value === null),
  IS_BOOL: is((value) => typeof value === 'boolean'),
  IS_NUMBER: is((value) => typeof value === 'number'),
  IS_FINITE_NUMBER: is((value) => typeof value === 'number'),
  IS_INTEGER: is((value) => Number.isInteger(value)),
  IS_STRING: is((value) => typeof value === 'string'),
  IS_ARRAY: is(isArray),
  IS_OBJECT: is(isObject),
  IS_PRIMITIVE: is((value) => value !== undefined && !isArray(value) && !isObject(value)),
  IIF: taking(3, ([test, yes, no]) => (test === true ? yes : no)),
};

/** A question about a value: it always has an answer. */
function is(holds: (value: Value) => boolean): SqlFunction {
  return taking(1, ([value]) => holds(value));
}
