import { LifeboatError } from '../../errors';

/** A `$filter`, ready to be asked of an object's properties. */
export type Filter = (properties: Readonly<Record<string, unknown>>) => boolean;

type Token = { readonly kind: 'word' | 'text' | 'sign'; readonly value: string };
type Operand = string | number | boolean | null;

const longest = 2_000;
const deepest = 20;
const comparisons: Readonly<Record<string, (left: number) => boolean>> = {
  eq: (order) => order === 0,
  ne: (order) => order !== 0,
  gt: (order) => order > 0,
  ge: (order) => order >= 0,
  lt: (order) => order < 0,
  le: (order) => order <= 0,
};

/**
 * Reads the part of OData that lists take: comparisons of a property with a value, joined by and, or, not and
 * parentheses. Property names match without regard to case; a property that is missing equals null.
 */
export function parseFilter(text: string): Filter {
  if (text.length > longest) throw wrong(`it has more than ${longest} characters`);
  const tokens = tokensOf(text);
  let next = 0;
  let depth = 0;

  function take(): Token {
    const token = tokens[next++];
    if (token === undefined) throw wrong('it ends too early');
    return token;
  }
  function skips(word: string): boolean {
    const isNext = tokens[next]?.kind !== 'text' && tokens[next]?.value.toLowerCase() === word;
    if (isNext) next++;
    return isNext;
  }
  function anyOf(): Filter {
    let left = allOf();
    while (skips('or')) left = either(left, allOf());
    return left;
  }
  function allOf(): Filter {
    let left = one();
    while (skips('and')) left = both(left, one());
    return left;
  }
  function one(): Filter {
    if (++depth > deepest * 10) throw wrong('it is nested too deeply');
    if (skips('not')) return negated(one());
    if (!skips('(')) return comparison();
    const inner = anyOf();
    if (!skips(')')) throw wrong('a parenthesis is not closed');
    return inner;
  }
  function comparison(): Filter {
    const name = take();
    if (name.kind !== 'word') throw wrong(`"${name.value}" is no property`);
    const holds = comparisons[take().value.toLowerCase()];
    if (holds === undefined) throw wrong(`"${name.value}" is not followed by eq, ne, gt, ge, lt or le`);
    const operand = operandOf(take());
    return (properties) => holds(order(valueOf(properties, name.value), operand));
  }

  const filter = anyOf();
  if (next < tokens.length) throw wrong(`"${tokens[next]?.value ?? ''}" is one too many`);
  return filter;
}

function tokensOf(text: string): readonly Token[] {
  const tokens: Token[] = [];
  const pattern = /\s*(?:(?:datetime)?'((?:[^']|'')*)'|([()])|([^\s()']+))/giy;
  let end = 0;
  while (end < text.trimEnd().length) {
    pattern.lastIndex = end;
    const match = pattern.exec(text);
    if (match === null) throw wrong('a quote is not closed');
    end = pattern.lastIndex;
    const [, quoted, sign, word] = match;
    if (quoted !== undefined) tokens.push({ kind: 'text', value: quoted.replaceAll("''", "'") });
    else if (sign !== undefined) tokens.push({ kind: 'sign', value: sign });
    else tokens.push({ kind: 'word', value: word ?? '' });
  }
  return tokens;
}

function operandOf({ kind, value }: Token): Operand {
  if (kind === 'text') return value;
  if (kind === 'sign') throw wrong('a value is missing');
  if (/^(true|false)$/i.test(value)) return value.toLowerCase() === 'true';
  if (/^null$/i.test(value)) return null;
  return /^-?\d+(\.\d+)?$/.test(value) ? Number(value) : value;
}

function valueOf(properties: Readonly<Record<string, unknown>>, name: string): unknown {
  const wanted = name.toLowerCase().replace(/^properties[./]/, '');
  return Object.entries(properties).find(([key]) => key.toLowerCase() === wanted)?.[1] ?? null;
}

/** Zero when equal; NaN, which no comparison but `ne` accepts, when the two cannot be compared. */
function order(actual: unknown, operand: Operand): number {
  if (actual === null || operand === null) return actual === operand ? 0 : Number.NaN;
  if (typeof actual === 'number') return actual - Number(operand);
  if (typeof actual === 'boolean') return String(actual) === String(operand).toLowerCase() ? 0 : Number.NaN;
  if (typeof actual !== 'string') return Number.NaN;
  const [left, right] = [Date.parse(actual), Date.parse(String(operand))];
  if (/^\d{4}-\d{2}-\d{2}T/.test(actual) && !Number.isNaN(right)) return left - right;
  return actual.localeCompare(String(operand), 'en', { sensitivity: 'base' });
}

const both =
  (left: Filter, right: Filter): Filter =>
  (properties) =>
    left(properties) && right(properties);
const either =
  (left: Filter, right: Filter): Filter =>
  (properties) =>
    left(properties) || right(properties);
const negated =
  (inner: Filter): Filter =>
  (properties) =>
    !inner(properties);

function wrong(why: string): LifeboatError {
  return new LifeboatError('InvalidFilter', `The $filter cannot be read: ${why}.`, { target: '$filter' });
}
