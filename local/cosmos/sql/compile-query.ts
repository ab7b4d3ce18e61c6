import { compareValues, objectOf, textOf, type Value } from '../json';
import { notImplemented } from '../failure';
import { type Aggregate, aggregated } from './aggregates';
import { compileExpression, type Compiler } from './compile-expression';
import { compileSources } from './compile-sources';
import type { Evaluate, Given, Row, Scope } from './scope';
import type { Expression, Order, Query, Select } from './syntax';
import { queryError } from './query-error';

export interface CompiledQuery {
  /** Results over these documents, before TOP, OFFSET and LIMIT. */
  results(documents: Iterable<Value>, outer?: Row): Iterable<Value>;
  /** How many results OFFSET skips, and how many TOP and LIMIT let through after that. */
  readonly skip: number;
  readonly take: number;
}

const compiler: Compiler = {
  expression: (expression, scope) => compileExpression(expression, scope, compiler),
  subquery: compileSubquery,
};

/** Makes a parsed query ready to run; refuses what it could not run over any documents. */
export function compileQuery(query: Query, given: Given): CompiledQuery {
  return compile(query, { given, slots: new Map(), size: 0 }, true);
}

/** A condition over one document, as a conditional patch has. */
export function compileCondition(query: Query, given: Given): (document: Value) => boolean {
  const compiled = compileQuery(query, given);
  return (document) => [...compiled.results([document])].length > 0;
}

function compile(query: Query, outer: Scope, isOutermost: boolean): CompiledQuery {
  const sources = compileSources(query.sources, outer, compiler, isOutermost);
  const plain = withoutAggregates(sources.scope);
  const where = query.where === undefined ? undefined : compiler.expression(query.where, plain);
  const grouping = compileGrouping(query, plain);
  const sort = compileOrder(query.orderBy, plain);
  const found = (documents: Iterable<Value>, row: Row): Iterable<Row> =>
    where === undefined ? sources.rows(row, documents) : kept(sources.rows(row, documents), where);
  const project = grouping === undefined ? compileSelect(query, plain) : grouping.project;

  return {
    ...pageOf(query, outer.given),
    results: (documents, row = []) => {
      const all = found(documents, row);
      const ready = grouping === undefined ? sort(all) : grouping.group(all, row);
      const results = projected(ready, project);
      return query.isDistinct ? distinct(results) : results;
    },
  };
}

function withoutAggregates({ given, slots, size }: Scope): Scope {
  return { given, slots, size };
}

interface Grouping {
  readonly project: Evaluate;
  group(rows: Iterable<Row>, outer: Row): Iterable<Row>;
}

/** A query groups if it says so, or if it selects an aggregate: then all rows are one group. */
function compileGrouping(query: Query, scope: Scope): Grouping | undefined {
  const aggregates: Aggregate[] = [];
  const project = compileSelect(query, { ...scope, aggregates });
  if (query.groupBy.length === 0 && aggregates.length === 0) return undefined;
  if (query.orderBy.length > 0) throw notImplemented('ORDER BY together with GROUP BY or an aggregate');
  const keys = query.groupBy.map((expression) => compiler.expression(expression, scope));

  const group = function* (rows: Iterable<Row>, outer: Row): Generator<Row> {
    const groups = grouped(rows, (row) => keys.map((key) => textOf(key(row))).join());
    if (groups.size === 0 && keys.length === 0) groups.set('', []);
    for (const members of groups.values()) {
      const first: Value[] = [...(members[0] ?? outer)];
      while (first.length < scope.size) first.push(undefined);
      yield [...first, ...aggregates.map((aggregate) => aggregated(aggregate, members))];
    }
  };
  return { project, group };
}

function grouped(rows: Iterable<Row>, keyOf: (row: Row) => string): Map<string, Row[]> {
  const groups = new Map<string, Row[]>();
  for (const row of rows) {
    const key = keyOf(row);
    const members = groups.get(key);
    if (members === undefined) groups.set(key, [row]);
    else members.push(row);
  }
  return groups;
}

function compileSelect({ select, sources, groupBy }: Query, scope: Scope): Evaluate {
  switch (select.kind) {
    case 'value':
      return compiler.expression(select.value, scope);
    case 'fields':
      return compileFields(select, scope);
    case 'all': {
      if (sources.length !== 1 || groupBy.length > 0) {
        throw queryError('SC2030', "'SELECT *' is only valid with a single input set.");
      }
      const slot = scope.size - 1;
      return (row) => row[slot];
    }
  }
}

function compileFields({ fields }: Select & { kind: 'fields' }, scope: Scope): Evaluate {
  const named = fields.map(({ name, value }) => [name, compiler.expression(value, scope)] as const);
  if (new Set(fields.map(({ name }) => name)).size < fields.length) {
    throw queryError('SC2031', 'A name is selected more than once.');
  }
  return (row) => objectOf(named.map(([name, value]) => [name, value(row)] as const));
}

function compileOrder(orderBy: readonly Order[], scope: Scope): (rows: Iterable<Row>) => Iterable<Row> {
  if (orderBy.length === 0) return (rows) => rows;
  const orders = orderBy.map(({ by, isDescending }) => ({
    keyOf: compiler.expression(by, scope),
    sign: isDescending ? -1 : 1,
  }));
  return (rows) => {
    const keyed = Array.from(rows, (row) => ({ row, keys: orders.map(({ keyOf }) => keyOf(row)) }));
    keyed.sort((left, right) => {
      for (const [index, { sign }] of orders.entries()) {
        const order = compareValues(left.keys[index], right.keys[index]) * sign;
        if (order !== 0) return order;
      }
      return 0;
    });
    return keyed.map(({ row }) => row);
  };
}

function compileSubquery({ answers, query }: Expression & { kind: 'subquery' }, scope: Scope): Evaluate {
  const compiled = compile(query, withoutAggregates(scope), false);
  // A group's aggregates stand behind the names; in the subquery its own names come there.
  const results = (row: Row): Iterable<Value> =>
    paged(compiled.results([], row.slice(0, scope.size)), compiled);
  switch (answers) {
    case 'exists':
      return (row) => results(row)[Symbol.iterator]().next().done !== true;
    case 'array':
      return (row) => Array.from(results(row)).filter((value) => value !== undefined);
    case 'value':
      return (row) => {
        for (const value of results(row)) return value;
        return undefined;
      };
  }
}

/** What TOP, OFFSET and LIMIT leave of some results. */
export function* paged(
  results: Iterable<Value>,
  { skip, take }: Pick<CompiledQuery, 'skip' | 'take'>,
): Generator<Value> {
  let passed = 0;
  if (take === 0) return;
  for (const result of results) {
    if (++passed <= skip) continue;
    yield result;
    if (passed >= skip + take) return;
  }
}

function pageOf({ top, skip, limit }: Query, given: Given): Pick<CompiledQuery, 'skip' | 'take'> {
  const countOf = (expression: Expression | undefined, otherwise: number): number => {
    if (expression === undefined) return otherwise;
    const count = compileExpression(expression, { given, slots: new Map(), size: 0 }, compiler)([]);
    if (typeof count === 'number' && Number.isSafeInteger(count) && count >= 0) return count;
    throw queryError('SC2062', 'TOP, OFFSET and LIMIT take a whole number that is not negative.');
  };
  return { skip: countOf(skip, 0), take: Math.min(countOf(top, Infinity), countOf(limit, Infinity)) };
}

function* kept(rows: Iterable<Row>, where: Evaluate): Generator<Row> {
  for (const row of rows) if (where(row) === true) yield row;
}

function* projected(rows: Iterable<Row>, project: Evaluate): Generator<Value> {
  for (const row of rows) {
    const result = project(row);
    if (result !== undefined) yield result;
  }
}

function* distinct(results: Iterable<Value>): Generator<Value> {
  const seen = new Set<string>();
  for (const result of results) {
    const text = textOf(result);
    if (!seen.has(text)) yield result;
    seen.add(text);
  }
}
