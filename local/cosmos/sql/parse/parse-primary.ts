import { notImplemented } from '../../failure';
import type { Value } from '../../json';
import type { Grammar } from './grammar';
import { isReserved } from './reserved-words';
import type { Expression } from '../syntax';
import type { TokenReader } from './token-reader';
import { syntaxError } from './tokens';

const constants: ReadonlyMap<string, Value> = new Map<string, Value>([
  ['TRUE', true],
  ['FALSE', false],
  ['NULL', null],
  ['UNDEFINED', undefined],
]);

/** What an expression is made of: a constant, a parameter, a name, a call, a literal or something in brackets. */
export function parsePrimary(grammar: Grammar): Expression {
  const { reader } = grammar;
  const token = reader.peek();
  switch (token.kind) {
    case 'number':
      reader.take();
      return { kind: 'literal', value: Number(token.text) };
    case 'text':
      reader.take();
      return { kind: 'literal', value: token.text };
    case 'parameter':
      reader.take();
      return { kind: 'parameter', name: token.text };
    case 'word':
      return parseWord(grammar);
    case 'symbol':
      return parseBrackets(grammar);
    case 'end':
      throw syntaxError(token);
  }
}

function parseWord(grammar: Grammar): Expression {
  const { reader } = grammar;
  const token = reader.take();
  const word = token.text.toUpperCase();
  if (constants.has(word)) return { kind: 'literal', value: constants.get(word) };
  if ((word === 'EXISTS' || word === 'ARRAY') && reader.isSymbol('(')) {
    return parseSubquery(grammar, word === 'EXISTS' ? 'exists' : 'array');
  }
  if (word === 'UDF' && reader.isSymbol('.')) {
    throw notImplemented(`user-defined function udf.${reader.peek(1).text}`);
  }
  if (reader.isSymbol('('))
    return {
      kind: 'call',
      name: token.text,
      operands: bracketed(reader, '(', ')', () => grammar.expression()),
    };
  if (isReserved(word)) throw syntaxError(token);
  return { kind: 'name', name: token.text };
}

function parseSubquery(grammar: Grammar, answers: 'exists' | 'array' | 'value'): Expression {
  const { reader } = grammar;
  reader.expectSymbol('(');
  const query = reader.nested(() => grammar.select());
  reader.expectSymbol(')');
  return { kind: 'subquery', answers, query };
}

function parseBrackets(grammar: Grammar): Expression {
  const { reader } = grammar;
  if (reader.isSymbol('[')) {
    return { kind: 'array', items: bracketed(reader, '[', ']', () => grammar.expression()) };
  }
  if (reader.isSymbol('{')) {
    return { kind: 'object', entries: bracketed(reader, '{', '}', () => parseEntry(grammar)) };
  }
  if (!reader.isSymbol('(')) throw syntaxError(reader.peek());
  if (reader.isWord('SELECT', 1)) return parseSubquery(grammar, 'value');
  reader.expectSymbol('(');
  const inner = grammar.expression();
  reader.expectSymbol(')');
  return inner;
}

function parseEntry(grammar: Grammar): readonly [string, Expression] {
  const name = grammar.reader.take();
  if (name.kind !== 'text' && name.kind !== 'word') throw syntaxError(name);
  grammar.reader.expectSymbol(':');
  return [name.text, grammar.expression()];
}

function bracketed<T>(reader: TokenReader, open: string, close: string, parse: () => T): readonly T[] {
  reader.expectSymbol(open);
  if (reader.takeSymbol(close)) return [];
  const items = reader.list(parse);
  reader.expectSymbol(close);
  return items;
}
