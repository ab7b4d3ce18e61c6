import type { Value } from '../json';
import { Budget } from './budget';
import type { Given } from './scope';

export interface Parameter {
  readonly name: string;
  readonly value?: Value;
}

export function givenOf(parameters: readonly Parameter[], nowInMs: number): Given {
  return {
    parameters: new Map(parameters.map(({ name, value }) => [name, value])),
    nowInMs,
    budget: new Budget(),
  };
}
