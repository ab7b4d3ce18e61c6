import type { Grammar } from './grammar';
import { parseCount, parseExpression, parseMember } from './parse-expression';
import { isReserved } from './reserved-words';
import type { Expression, Field, Order, Query, Select, Source } from '../syntax';
import { TokenReader } from './token-reader';
import { syntaxError } from './tokens';

/** Reads a whole query, or refuses with where it stopped making sense. */
export function parseQuery(text: string): Query {
  const reader = new TokenReader(text);
  const grammar: Grammar = {
    reader,
    expression: () => parseExpression(grammar),
    select: () => parseSelect(grammar),
  };
  const query = parseSelect(grammar);
  reader.expect('end');
  return query;
}

function parseSelect(grammar: Grammar): Query {
  const { reader } = grammar;
  reader.expectWord('SELECT');
  const isDistinct = reader.takeWord('DISTINCT');
  const top = reader.takeWord('TOP') ? parseCount(reader) : undefined;
  const select = parseSelected(grammar);
  const sources = reader.takeWord('FROM') ? parseSources(grammar) : [];
  const where = reader.takeWord('WHERE') ? parseExpression(grammar) : undefined;
  const groupBy = takeWords(reader, 'GROUP', 'BY') ? reader.list(() => parseExpression(grammar)) : [];
  const orderBy = takeWords(reader, 'ORDER', 'BY') ? reader.list(() => parseOrder(grammar)) : [];
  const page = parsePage(reader);
  return {
    select,
    isDistinct,
    sources,
    groupBy,
    orderBy,
    ...(where !== undefined && { where }),
    ...(top !== undefined && { top }),
    ...page,
  };
}

function takeWords(reader: TokenReader, first: string, second: string): boolean {
  if (!reader.takeWord(first)) return false;
  reader.expectWord(second);
  return true;
}

function parseSelected(grammar: Grammar): Select {
  const { reader } = grammar;
  if (reader.takeSymbol('*')) return { kind: 'all' };
  if (reader.takeWord('VALUE')) return { kind: 'value', value: parseExpression(grammar) };
  let unnamed = 0;
  const fields = reader.list((): Field => {
    const value = parseExpression(grammar);
    return { value, name: parseAlias(reader) ?? nameOf(value) ?? `$${++unnamed}` };
  });
  return { kind: 'fields', fields };
}

/** What follows an expression as its name: `AS name`, or just `name`. */
function parseAlias(reader: TokenReader): string | undefined {
  if (reader.takeWord('AS')) return reader.expect('word').text;
  const token = reader.peek();
  return token.kind === 'word' && !isReserved(token.text) ? reader.take().text : undefined;
}

function nameOf(value: Expression): string | undefined {
  if (value.kind === 'name') return value.name;
  if (value.kind !== 'member' || value.member.kind !== 'literal') return undefined;
  return typeof value.member.value === 'string' ? value.member.value : undefined;
}

function parseSources(grammar: Grammar): readonly Source[] {
  const { reader } = grammar;
  const sources = [parseSource(grammar)];
  while (reader.takeWord('JOIN')) sources.push(parseSource(grammar));
  return sources;
}

function parseSource(grammar: Grammar): Source {
  const { reader } = grammar;
  if (reader.peek().kind === 'word' && reader.isWord('IN', 1)) {
    const alias = reader.take().text;
    reader.expectWord('IN');
    return { alias, of: parseMember(grammar), isIterated: true };
  }
  const start = reader.peek();
  const of = parseMember(grammar);
  const alias = parseAlias(reader) ?? nameOf(of);
  if (alias === undefined) throw syntaxError(start);
  return { alias, of, isIterated: false };
}

function parseOrder(grammar: Grammar): Order {
  const { reader } = grammar;
  const by = parseExpression(grammar);
  if (reader.takeWord('DESC')) return { by, isDescending: true };
  reader.takeWord('ASC');
  return { by, isDescending: false };
}

function parsePage(reader: TokenReader): Pick<Query, 'skip' | 'limit'> {
  if (!reader.takeWord('OFFSET')) return {};
  const skip = parseCount(reader);
  reader.expectWord('LIMIT');
  return { skip, limit: parseCount(reader) };
}
