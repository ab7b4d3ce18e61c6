import type { Value } from '../json';

export type Expression =
  | { readonly kind: 'literal'; readonly value: Value }
  | { readonly kind: 'parameter'; readonly name: string }
  | { readonly kind: 'name'; readonly name: string }
  | { readonly kind: 'member'; readonly of: Expression; readonly member: Expression }
  | { readonly kind: 'unary'; readonly operator: UnaryOperator; readonly operand: Expression }
  | {
      readonly kind: 'binary';
      readonly operator: string;
      readonly left: Expression;
      readonly right: Expression;
    }
  | {
      readonly kind: 'conditional';
      readonly test: Expression;
      readonly yes: Expression;
      readonly no: Expression;
    }
  | { readonly kind: 'in'; readonly value: Expression; readonly list: readonly Expression[] }
  | {
      readonly kind: 'between';
      readonly value: Expression;
      readonly low: Expression;
      readonly high: Expression;
    }
  | {
      readonly kind: 'like';
      readonly value: Expression;
      readonly pattern: Expression;
      readonly escape?: string;
    }
  | { readonly kind: 'call'; readonly name: string; readonly operands: readonly Expression[] }
  | { readonly kind: 'array'; readonly items: readonly Expression[] }
  | { readonly kind: 'object'; readonly entries: readonly (readonly [string, Expression])[] }
  | {
      readonly kind: 'subquery';
      readonly answers: 'value' | 'exists' | 'array';
      readonly query: Query;
    };

export type UnaryOperator = 'NOT' | '-' | '+' | '~';

export interface Query {
  readonly select: Select;
  readonly isDistinct: boolean;
  readonly sources: readonly Source[];
  readonly where?: Expression;
  readonly groupBy: readonly Expression[];
  readonly orderBy: readonly Order[];
  readonly top?: Expression;
  readonly skip?: Expression;
  readonly limit?: Expression;
}

export type Select =
  | { readonly kind: 'all' }
  | { readonly kind: 'value'; readonly value: Expression }
  | { readonly kind: 'fields'; readonly fields: readonly Field[] };

export interface Field {
  readonly name: string;
  readonly value: Expression;
}

/** `FROM alias IN of` goes through an array; `FROM of AS alias` takes the value as it is. */
export interface Source {
  readonly alias: string;
  readonly of: Expression;
  readonly isIterated: boolean;
}

export interface Order {
  readonly by: Expression;
  readonly isDescending: boolean;
}
