import { queryError } from '../query-error';
import { syntaxError, tokensOf, type Token } from './tokens';

const deepest = 100;
const mostLinks = 5000;

/** Reads tokens one by one. Words are matched whatever their case. */
export class TokenReader {
  readonly #tokens: readonly Token[];
  #next = 0;
  #depth = 0;
  #links = 0;

  constructor(query: string) {
    this.#tokens = tokensOf(query);
  }

  peek(ahead = 0): Token {
    const token = this.#tokens[Math.min(this.#next + ahead, this.#tokens.length - 1)];
    if (token === undefined) throw new Error('a query has at least its end token');
    return token;
  }

  take(): Token {
    const token = this.peek();
    if (token.kind !== 'end') this.#next++;
    return token;
  }

  isWord(word: string, ahead = 0): boolean {
    const token = this.peek(ahead);
    return token.kind === 'word' && token.text.toUpperCase() === word;
  }

  isSymbol(symbol: string, ahead = 0): boolean {
    const token = this.peek(ahead);
    return token.kind === 'symbol' && token.text === symbol;
  }

  takeWord(word: string): boolean {
    const isNext = this.isWord(word);
    if (isNext) this.#next++;
    return isNext;
  }

  takeSymbol(symbol: string): boolean {
    const isNext = this.isSymbol(symbol);
    if (isNext) this.#next++;
    return isNext;
  }

  expectWord(word: string): void {
    if (!this.takeWord(word)) throw syntaxError(this.peek());
  }

  expectSymbol(symbol: string): void {
    if (!this.takeSymbol(symbol)) throw syntaxError(this.peek());
  }

  expect(kind: Token['kind']): Token {
    if (this.peek().kind !== kind) throw syntaxError(this.peek());
    return this.take();
  }

  /** One or more, separated by commas. */
  list<T>(parse: () => T): readonly T[] {
    const items = [parse()];
    while (this.takeSymbol(',')) items.push(parse());
    return items;
  }

  /** Bounds how long chains such as `a + b + c ...` may be: each link is one level of the tree. */
  countLink(): void {
    if (++this.#links > mostLinks) throw queryError('SC2029', 'The query is too complex.', this.peek());
  }

  /** Bounds how deep a query may nest, so that none can exhaust the stack. */
  nested<T>(parse: () => T): T {
    if (++this.#depth > deepest) {
      throw queryError('SC2029', 'The query is nested too deeply.', this.peek());
    }
    try {
      return parse();
    } finally {
      this.#depth--;
    }
  }
}
