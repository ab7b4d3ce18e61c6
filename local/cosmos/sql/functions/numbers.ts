import { finite } from '../operators';
import { type SqlFunction, taking } from './function';

export const numberFunctions: Readonly<Record<string, SqlFunction>> = {
  ABS: ofNumber(Math.abs),
  ACOS: ofNumber(Math.acos),
  ASIN: ofNumber(Math.asin),
  ATAN: ofNumber(Math.atan),
  ATN2: ofNumbers(Math.atan2),
  CEILING: ofNumber(Math.ceil),
  COS: ofNumber(Math.cos),
  COT: ofNumber((number) => 1 / Math.tan(number)),
  DEGREES: ofNumber((number) => (number * 180) / Math.PI),
  EXP: ofNumber(Math.exp),
  FLOOR: ofNumber(Math.floor),
  LOG: {
    atLeast: 1,
    atMost: 2,
    evaluate: ([number, base = Math.E]) =>
      typeof number === 'number' && typeof base === 'number'
        ? finite(Math.log(number) / Math.log(base))
        : undefined,
  },
  LOG10: ofNumber(Math.log10),
  PI: taking(0, () => Math.PI),
  POWER: ofNumbers((base, exponent) => base ** exponent),
  RADIANS: ofNumber((number) => (number * Math.PI) / 180),
  ROUND: {
    atLeast: 1,
    atMost: 2,
    evaluate: ([number, digits = 0]) =>
      typeof number === 'number' && typeof digits === 'number'
        ? finite(rounded(number * 10 ** digits) / 10 ** digits)
        : undefined,
  },
  SIGN: ofNumber(Math.sign),
  SIN: ofNumber(Math.sin),
  SQRT: ofNumber(Math.sqrt),
  SQUARE: ofNumber((number) => number * number),
  TAN: ofNumber(Math.tan),
  TRUNC: ofNumber(Math.trunc),
};

function ofNumber(operate: (number: number) => number): SqlFunction {
  return taking(1, ([number]) => (typeof number === 'number' ? finite(operate(number)) : undefined));
}

function ofNumbers(operate: (left: number, right: number) => number): SqlFunction {
  return taking(2, ([left, right]) =>
    typeof left === 'number' && typeof right === 'number' ? finite(operate(left, right)) : undefined,
  );
}

/** Halves go away from zero, where JavaScript takes them up. */
function rounded(number: number): number {
  return Math.sign(number) * Math.round(Math.abs(number));
}
