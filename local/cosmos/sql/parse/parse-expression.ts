import type { Grammar } from './grammar';
import { parsePrimary } from './parse-primary';
import type { Expression, UnaryOperator } from '../syntax';
import type { TokenReader } from './token-reader';
import { syntaxError } from './tokens';

/** Loosest first. The words AND and OR are operators like the others. */
const levels: readonly (readonly string[])[] = [
  ['??'],
  ['OR'],
  ['AND'],
  ['=', '!=', '<>', '<', '<=', '>', '>='],
  ['|'],
  ['^'],
  ['&'],
  ['<<', '>>', '>>>'],
  ['||'],
  ['+', '-'],
  ['*', '/', '%'],
];
const comparisons = 3;

export function parseExpression(grammar: Grammar): Expression {
  const { reader } = grammar;
  return reader.nested(() => {
    const test = parseLevel(grammar, 0);
    if (!reader.takeSymbol('?')) return test;
    const yes = parseExpression(grammar);
    reader.expectSymbol(':');
    return { kind: 'conditional', test, yes, no: parseExpression(grammar) };
  });
}

/** What TOP, OFFSET and LIMIT take: a number or a parameter. */
export function parseCount(reader: TokenReader): Expression {
  const token = reader.take();
  if (token.kind === 'parameter') return { kind: 'parameter', name: token.text };
  if (token.kind !== 'number') throw syntaxError(token);
  return { kind: 'literal', value: Number(token.text) };
}

function parseLevel(grammar: Grammar, level: number): Expression {
  const { reader } = grammar;
  const operators = levels[level];
  if (operators === undefined) return parseUnary(grammar);
  let left = level === comparisons ? parseNegation(grammar) : parseLevel(grammar, level + 1);
  for (;;) {
    const operator = operators.find((candidate) => isOperator(reader, candidate));
    if (operator !== undefined) {
      reader.countLink();
      reader.take();
      const right = level === comparisons ? parseNegation(grammar) : parseLevel(grammar, level + 1);
      left = { kind: 'binary', operator, left, right };
      continue;
    }
    const condition = level === comparisons ? parseCondition(grammar, left) : undefined;
    if (condition === undefined) return left;
    left = condition;
  }
}

function isOperator(reader: TokenReader, operator: string): boolean {
  return /\w/.test(operator) ? reader.isWord(operator) : reader.isSymbol(operator);
}

/** NOT binds looser than a comparison: `NOT c.a = 1` is `NOT (c.a = 1)`. */
function parseNegation(grammar: Grammar): Expression {
  const { reader } = grammar;
  if (!reader.takeWord('NOT')) return parseLevel(grammar, comparisons + 1);
  return reader.nested(() => ({ kind: 'unary', operator: 'NOT', operand: parseLevel(grammar, comparisons) }));
}

function parseCondition(grammar: Grammar, value: Expression): Expression | undefined {
  const { reader } = grammar;
  const isNegated = reader.isWord('NOT') && ['IN', 'BETWEEN', 'LIKE'].some((word) => reader.isWord(word, 1));
  if (isNegated) reader.take();
  const condition = parsePositive(grammar, value);
  if (condition === undefined || !isNegated) return condition;
  return { kind: 'unary', operator: 'NOT', operand: condition };
}

function parsePositive(grammar: Grammar, value: Expression): Expression | undefined {
  const { reader } = grammar;
  if (reader.takeWord('IN')) {
    reader.expectSymbol('(');
    const list = reader.list(() => grammar.expression());
    reader.expectSymbol(')');
    return { kind: 'in', value, list };
  }
  if (reader.takeWord('BETWEEN')) {
    const low = parseLevel(grammar, comparisons + 1);
    reader.expectWord('AND');
    return { kind: 'between', value, low, high: parseLevel(grammar, comparisons + 1) };
  }
  if (!reader.takeWord('LIKE')) return undefined;
  const pattern = parseLevel(grammar, comparisons + 1);
  if (!reader.takeWord('ESCAPE')) return { kind: 'like', value, pattern };
  return { kind: 'like', value, pattern, escape: reader.expect('text').text };
}

function parseUnary(grammar: Grammar): Expression {
  const { reader } = grammar;
  const operator = (['-', '+', '~'] as const).find((symbol) => reader.takeSymbol(symbol));
  if (operator === undefined) return parseMember(grammar);
  return reader.nested(() => unary(operator, parseUnary(grammar)));
}

function unary(operator: UnaryOperator, operand: Expression): Expression {
  return { kind: 'unary', operator, operand };
}

/** Something with `.name` and `[index]` after it, any number of times. */
export function parseMember(grammar: Grammar): Expression {
  const { reader } = grammar;
  let of = parsePrimary(grammar);
  for (;;) {
    reader.countLink();
    if (reader.takeSymbol('.')) {
      of = { kind: 'member', of, member: { kind: 'literal', value: reader.expect('word').text } };
    } else if (reader.takeSymbol('[')) {
      of = { kind: 'member', of, member: grammar.expression() };
      reader.expectSymbol(']');
    } else return of;
  }
}
