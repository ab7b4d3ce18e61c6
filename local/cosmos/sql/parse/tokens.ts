import { badRequest, type Failure } from '../../failure';
import { queryError } from '../query-error';

export interface Token {
  readonly kind: 'word' | 'text' | 'number' | 'parameter' | 'symbol' | 'end';
  /** A word as it was written, the content of a text, the digits of a number, the parameter with its @. */
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

const longestQuery = 512 * 1024;
const blank = /(?:\s+|--[^\n]*|\/\*[^]*?\*\/)*/y;
const word = /[A-Za-z_][A-Za-z0-9_]*/y;
const parameter = /@[A-Za-z_][A-Za-z0-9_]*/y;
const number = /0[xX][0-9a-fA-F]+|(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?/y;
const symbol = /\?\?|\|\||<<|>>>|>>|<=|>=|<>|!=|[-+*/%&|^~<>=?:,.()[\]{}]/y;
const quoted = /"(?:[^"\\]|\\[^])*"|'(?:[^'\\]|\\[^])*'/y;

const scanners: readonly (readonly [Token['kind'], RegExp])[] = [
  ['word', word],
  ['number', number],
  ['parameter', parameter],
  ['symbol', symbol],
];

/** Cuts a query into tokens. The last one is always of kind `end`. */
export function tokensOf(query: string): readonly Token[] {
  if (query.length > longestQuery) throw badRequest('The query is longer than 512 KB.');
  const tokens: Token[] = [];
  for (let start = skipBlank(query, 0); start < query.length;) {
    const token = tokenAt(query, start);
    tokens.push(token);
    start = skipBlank(query, token.end);
  }
  tokens.push({ kind: 'end', text: 'the end of the query', start: query.length, end: query.length });
  return tokens;
}

export function syntaxError({ text, start, end }: Pick<Token, 'text' | 'start' | 'end'>): Failure {
  return queryError('SC1001', `Syntax error, incorrect syntax near '${text.slice(0, 80)}'.`, { start, end });
}

function skipBlank(query: string, start: number): number {
  return start + lengthOf(blank, query, start);
}

function tokenAt(query: string, start: number): Token {
  const quotedLength = lengthOf(quoted, query, start);
  if (quotedLength > 0) {
    const end = start + quotedLength;
    return { kind: 'text', text: unescaped(query.slice(start + 1, end - 1), start), start, end };
  }
  for (const [kind, scanner] of scanners) {
    const length = lengthOf(scanner, query, start);
    if (length > 0) return { kind, text: query.slice(start, start + length), start, end: start + length };
  }
  throw syntaxError({ text: query.slice(start, start + 10), start, end: start + 1 });
}

function lengthOf(pattern: RegExp, query: string, start: number): number {
  pattern.lastIndex = start;
  return pattern.exec(query)?.[0].length ?? 0;
}

const escapes: Readonly<Record<string, string>> = { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' };

function unescaped(content: string, start: number): string {
  return content.replace(/\\(u[0-9a-fA-F]{4}|[^])/g, (_, escape: string) => {
    if (escape.length === 5) return String.fromCharCode(Number.parseInt(escape.slice(1), 16));
    const plain = escapes[escape] ?? escape;
    if (/[A-Za-z0-9]/.test(plain)) throw syntaxError({ text: `\\${escape}`, start, end: start + 1 });
    return plain;
  });
}
