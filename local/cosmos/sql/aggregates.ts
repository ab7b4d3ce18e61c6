import { compareValues, rankOf, type Value } from '../json';
import type { Evaluate, Row } from './scope';

export type AggregateName = 'COUNT' | 'SUM' | 'MIN' | 'MAX' | 'AVG';

/** One aggregate call of a query: what it is taken over. */
export interface Aggregate {
  readonly name: AggregateName;
  readonly over: Evaluate;
}

export function isAggregateName(name: string): name is AggregateName {
  return ['COUNT', 'SUM', 'MIN', 'MAX', 'AVG'].includes(name);
}

/** What an aggregate comes to over the rows of one group. Rows where it finds nothing do not count. */
export function aggregated({ name, over }: Aggregate, rows: readonly Row[]): Value {
  const values = rows.map(over).filter((value) => value !== undefined);
  switch (name) {
    case 'COUNT':
      return values.length;
    case 'SUM':
      return sumOf(values);
    case 'AVG': {
      const sum = sumOf(values);
      return sum === undefined || values.length === 0 ? undefined : sum / values.length;
    }
    case 'MIN':
      return extreme(values, -1);
    case 'MAX':
      return extreme(values, 1);
  }
}

function sumOf(values: readonly Value[]): number | undefined {
  let sum = 0;
  for (const value of values) {
    if (typeof value !== 'number') return undefined;
    sum += value;
  }
  return sum;
}

function extreme(values: readonly Value[], sign: number): Value {
  if (values.some((value) => rankOf(value) > 5)) return undefined;
  return values.reduce<Value>(
    (best, value) => (best === undefined || compareValues(value, best) * sign > 0 ? value : best),
    undefined,
  );
}
