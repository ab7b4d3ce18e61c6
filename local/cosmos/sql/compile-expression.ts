import { isArray, isObject, objectOf, propertyOf, type Value } from '../json';
import { isAggregateName } from './aggregates';
import { functionNamed } from './functions';
import { likeMatcher } from './like';
import { and, binaryOperators, equals, finite, not, or } from './operators';
import { type Evaluate, type Scope, slotOf } from './scope';
import type { Expression, UnaryOperator } from './syntax';
import { queryError } from './query-error';

/** Turns what an expression holds within it: subqueries need the compiler of queries. */
export interface Compiler {
  expression(expression: Expression, scope: Scope): Evaluate;
  subquery(expression: Expression & { kind: 'subquery' }, scope: Scope): Evaluate;
}

/** Resolves names, functions and parameters once, so that a wrong query is refused even over no documents. */
export function compileExpression(expression: Expression, scope: Scope, compiler: Compiler): Evaluate {
  const compile = (inner: Expression): Evaluate => compiler.expression(inner, scope);
  switch (expression.kind) {
    case 'literal':
      return () => expression.value;
    case 'parameter':
      return compileParameter(expression.name, scope);
    case 'name': {
      const slot = slotOf(scope, expression.name);
      return (row) => row[slot];
    }
    case 'member':
      return compileMember(compile(expression.of), compile(expression.member));
    case 'unary':
      return compileUnary(expression.operator, compile(expression.operand));
    case 'binary':
      return compileBinary(expression.operator, compile(expression.left), compile(expression.right));
    case 'conditional':
      return compileConditional(compile(expression.test), compile(expression.yes), compile(expression.no));
    case 'in':
      return compileIn(compile(expression.value), expression.list.map(compile));
    case 'between':
      return compileBetween(compile(expression.value), compile(expression.low), compile(expression.high));
    case 'like':
      return compileLike(compile(expression.value), compile(expression.pattern), expression.escape);
    case 'call':
      return compileCall(expression, scope, compiler);
    case 'array': {
      const items = expression.items.map(compile);
      return (row) => items.map((item) => item(row)).filter((item) => item !== undefined);
    }
    case 'object': {
      const entries = expression.entries.map(([name, value]) => [name, compile(value)] as const);
      return (row) => objectOf(entries.map(([name, value]) => [name, value(row)] as const));
    }
    case 'subquery':
      return compiler.subquery(expression, scope);
  }
}

function compileParameter(name: string, { given }: Scope): Evaluate {
  if (!given.parameters.has(name)) {
    throw queryError('SC2061', `The parameter '${name}' has no value: the request must give one.`);
  }
  const value = given.parameters.get(name);
  return () => value;
}

function compileMember(of: Evaluate, member: Evaluate): Evaluate {
  return (row) => {
    const object = of(row);
    const name = member(row);
    if (typeof name === 'number') return isArray(object) ? object[name] : undefined;
    return typeof name === 'string' && isObject(object) ? propertyOf(object, name) : undefined;
  };
}

function compileUnary(operator: UnaryOperator, operand: Evaluate): Evaluate {
  if (operator === 'NOT') return (row) => not(operand(row));
  const operate = { '-': (n: number) => -n, '+': (n: number) => n, '~': (n: number) => ~n }[operator];
  return (row) => {
    const value = operand(row);
    return typeof value === 'number' ? finite(operate(value)) : undefined;
  };
}

function compileBinary(operator: string, left: Evaluate, right: Evaluate): Evaluate {
  if (operator === 'AND') return (row) => and(left(row), () => right(row));
  if (operator === 'OR') return (row) => or(left(row), () => right(row));
  if (operator === '??') return (row) => definedOr(left(row), () => right(row));
  const operate = binaryOperators[operator];
  if (operate === undefined) throw queryError('SC1001', `Syntax error, incorrect syntax near '${operator}'.`);
  return (row) => operate(left(row), right(row));
}

/** Null is a value: only nothing at all is replaced. */
function definedOr(value: Value, other: () => Value): Value {
  return value === undefined ? other() : value;
}

function compileConditional(test: Evaluate, yes: Evaluate, no: Evaluate): Evaluate {
  return (row) => (test(row) === true ? yes(row) : no(row));
}

function compileIn(value: Evaluate, list: readonly Evaluate[]): Evaluate {
  return (row) => {
    const wanted = value(row);
    if (wanted === undefined) return undefined;
    return list.some((item) => equals(wanted, item(row)) === true);
  };
}

function compileBetween(value: Evaluate, low: Evaluate, high: Evaluate): Evaluate {
  const isAtLeast = compileBinary('>=', value, low);
  const isAtMost = compileBinary('<=', value, high);
  return (row) => and(isAtLeast(row), () => isAtMost(row));
}

function compileLike(value: Evaluate, pattern: Evaluate, escape: string | undefined): Evaluate {
  let known: { readonly pattern: string; readonly matches: (text: string) => boolean } | undefined;
  return (row) => {
    const text = value(row);
    const wanted = pattern(row);
    if (typeof text !== 'string' || typeof wanted !== 'string') return undefined;
    if (known?.pattern !== wanted) known = { pattern: wanted, matches: likeMatcher(wanted, escape) };
    return known.matches(text);
  };
}

function compileCall(call: Expression & { kind: 'call' }, scope: Scope, compiler: Compiler): Evaluate {
  const name = call.name.toUpperCase();
  if (isAggregateName(name)) return compileAggregate(call, scope, compiler);
  const operands = call.operands.map((operand) => compiler.expression(operand, scope));
  const evaluate = functionNamed(call.name, operands.length, scope.given.nowInMs);
  return (row) => evaluate(operands.map((operand) => operand(row)));
}

function compileAggregate(call: Expression & { kind: 'call' }, scope: Scope, compiler: Compiler): Evaluate {
  const { aggregates, ...rest } = scope;
  const name = call.name.toUpperCase();
  const [operand] = call.operands;
  if (aggregates === undefined || !isAggregateName(name)) {
    throw queryError('SC2041', `The aggregate function '${call.name}' cannot be used here.`);
  }
  if (operand === undefined || call.operands.length > 1) {
    throw queryError('SC2050', `The ${call.name} function requires 1 argument.`);
  }
  const slot = scope.size + aggregates.length;
  aggregates.push({ name, over: compiler.expression(operand, rest) });
  return (row) => row[slot];
}
