import type { Value } from '../json';
import { queryError } from './query-error';
import type { Aggregate } from './aggregates';
import type { Budget } from './budget';

/** The values of all names in scope, by slot; after them, in a grouping query, the group's aggregates. */
export type Row = readonly Value[];
export type Evaluate = (row: Row) => Value;

/** What one execution of a query is given. */
export interface Given {
  readonly parameters: ReadonlyMap<string, Value>;
  readonly nowInMs: number;
  readonly budget: Budget;
}

/** Which names a part of a query can see, and where their values are. */
export interface Scope {
  readonly given: Given;
  readonly slots: ReadonlyMap<string, number>;
  /** Slots taken so far. */
  readonly size: number;
  /** Where aggregate calls are collected; absent where none may stand. */
  readonly aggregates?: Aggregate[];
}

export function withName(scope: Scope, name: string): Scope {
  const slots = new Map(scope.slots).set(name, scope.size);
  return { ...scope, slots, size: scope.size + 1 };
}

export function slotOf(scope: Scope, name: string): number {
  const slot = scope.slots.get(name);
  if (slot === undefined) throw queryError('SC2001', `Identifier '${name}' could not be resolved.`);
  return slot;
}
