type Test = (value: string) => boolean;
type MakeTest = (parameter: string) => Test | undefined;

const integer = /^[+-]?\d+$/;
const decimal = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/;
const within = (value: string, least: bigint, most: bigint): boolean =>
  integer.test(value) && BigInt(value) >= least && BigInt(value) <= most;

const plain: Readonly<Record<string, Test>> = {
  int: (value) => within(value, -(2n ** 31n), 2n ** 31n - 1n),
  long: (value) => within(value, -(2n ** 63n), 2n ** 63n - 1n),
  bool: (value) => /^(true|false)$/i.test(value),
  datetime: (value) => !Number.isNaN(Date.parse(value)),
  decimal: (value) => decimal.test(value),
  double: (value) => decimal.test(value),
  float: (value) => decimal.test(value),
  guid: (value) => /^[{(]?[0-9a-f]{8}-?([0-9a-f]{4}-?){3}[0-9a-f]{12}[)}]?$/i.test(value),
  alpha: (value) => /^[a-z]*$/i.test(value),
  required: (value) => value !== '',
};

const withNumbers: Readonly<Record<string, (numbers: readonly number[]) => Test | undefined>> = {
  minlength: ([least]) => (least === undefined ? undefined : (value) => value.length >= least),
  maxlength: ([most]) => (most === undefined ? undefined : (value) => value.length <= most),
  length: ([least, most]) =>
    least === undefined ? undefined : (value) => value.length >= least && value.length <= (most ?? least),
  min: ([least]) =>
    least === undefined ? undefined : (value) => integer.test(value) && Number(value) >= least,
  max: ([most]) => (most === undefined ? undefined : (value) => integer.test(value) && Number(value) <= most),
  range: ([least, most]) =>
    least === undefined || most === undefined
      ? undefined
      : (value) => integer.test(value) && Number(value) >= least && Number(value) <= most,
};

/** The test behind a route constraint such as `int` or `length(2,5)`; undefined when there is no such constraint. */
export function routeConstraint(text: string): Test | undefined {
  const match = /^([a-z]+)(?:\((.*)\))?$/i.exec(text);
  const name = match?.[1]?.toLowerCase();
  if (name === undefined) return undefined;
  const parameter = match?.[2];
  if (parameter === undefined) return Object.hasOwn(plain, name) ? plain[name] : undefined;
  if (name === 'regex') return regexTest(parameter);
  return Object.hasOwn(withNumbers, name) ? withNumbers[name]?.(numbersIn(parameter)) : undefined;
}

const regexTest: MakeTest = (parameter) => {
  try {
    const expression = new RegExp(parameter, 'i');
    return (value) => expression.test(value);
  } catch {
    return undefined;
  }
};

function numbersIn(parameter: string): readonly number[] {
  const numbers = parameter.split(',').map((part) => (part.trim() === '' ? NaN : Number(part)));
  return numbers.some(Number.isNaN) ? [] : numbers;
}
