import { compareText, type Value } from '../json';
import type { Expression, Query } from './syntax';

/** Ids that a query can find at all, both bounds within: the filter itself still decides about each document. */
export interface IdRange {
  readonly from?: string;
  readonly to?: string;
}

/** Reads bounds on `id` from the conditions that must all hold, so that only that part of the index is read. */
export function idRangeOf(query: Query, parameters: ReadonlyMap<string, Value>): IdRange {
  const [source] = query.sources;
  if (source === undefined || source.isIterated || source.of.kind !== 'name') return {};
  let range: IdRange = {};
  for (const condition of conjunctsOf(query.where)) {
    range = narrowed(range, boundOf(condition, source.alias, parameters));
  }
  return range;
}

/** Whether results come in the order of the index itself, and which way. */
export function idOrderOf({
  orderBy,
  sources,
}: Pick<Query, 'orderBy' | 'sources'>): 'ascending' | 'descending' | undefined {
  const [order] = orderBy;
  if (order === undefined) return 'ascending';
  if (orderBy.length > 1 || !isId(order.by, sources[0]?.alias)) return undefined;
  return order.isDescending ? 'descending' : 'ascending';
}

function conjunctsOf(condition: Expression | undefined): readonly Expression[] {
  const conjuncts: Expression[] = [];
  const open = condition === undefined ? [] : [condition];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (next.kind === 'binary' && next.operator === 'AND') open.push(next.left, next.right);
    else conjuncts.push(next);
  }
  return conjuncts;
}

function boundOf(condition: Expression, alias: string, parameters: ReadonlyMap<string, Value>): IdRange {
  const constant = (expression: Expression | undefined): string | undefined => {
    if (expression?.kind === 'parameter') return textOnly(parameters.get(expression.name));
    return expression?.kind === 'literal' ? textOnly(expression.value) : undefined;
  };
  if (condition.kind === 'call') {
    const [text, prefix, ignoresCase] = condition.operands;
    if (condition.name.toUpperCase() !== 'STARTSWITH' || ignoresCase !== undefined) return {};
    const begin = constant(prefix);
    return begin === undefined || !isId(text, alias) ? {} : { from: begin, ...endOf(begin) };
  }
  if (condition.kind === 'between' && isId(condition.value, alias)) {
    return bounds(constant(condition.low), constant(condition.high));
  }
  if (condition.kind !== 'binary' || !isId(condition.left, alias)) return {};
  const value = constant(condition.right);
  switch (condition.operator) {
    case '=':
      return bounds(value, value);
    case '>':
    case '>=':
      return bounds(value, undefined);
    case '<':
    case '<=':
      return bounds(undefined, value);
    default:
      return {};
  }
}

function bounds(from: string | undefined, to: string | undefined): IdRange {
  return { ...(from !== undefined && { from }), ...(to !== undefined && { to }) };
}

function textOnly(value: Value): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function isId(expression: Expression | undefined, alias: string | undefined): boolean {
  return (
    expression?.kind === 'member' &&
    expression.of.kind === 'name' &&
    expression.of.name === alias &&
    expression.member.kind === 'literal' &&
    expression.member.value === 'id'
  );
}

/** The first text, in the order of code points, after everything that begins so. */
function endOf(prefix: string): Pick<IdRange, 'to'> {
  const points = [...prefix];
  for (let last = points.pop(); last !== undefined; last = points.pop()) {
    const point = (last.codePointAt(0) ?? 0) + 1;
    if (point > 0x10ffff) continue;
    const isSurrogate = point >= 0xd800 && point < 0xe000;
    return { to: points.join('') + String.fromCodePoint(isSurrogate ? 0xe000 : point) };
  }
  return {};
}

function narrowed(range: IdRange, bound: IdRange): IdRange {
  const from = later(range.from, bound.from);
  const to =
    bound.to === undefined || (range.to !== undefined && compareText(range.to, bound.to) < 0)
      ? range.to
      : bound.to;
  return bounds(from, to);
}

function later(left: string | undefined, right: string | undefined): string | undefined {
  if (left === undefined || right === undefined) return left ?? right;
  return compareText(left, right) < 0 ? right : left;
}
