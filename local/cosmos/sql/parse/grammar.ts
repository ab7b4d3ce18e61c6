import type { Expression, Query } from '../syntax';
import type { TokenReader } from './token-reader';

/** What the parts of the parser need of one another: expressions hold queries, and queries hold expressions. */
export interface Grammar {
  readonly reader: TokenReader;
  expression(): Expression;
  select(): Query;
}
