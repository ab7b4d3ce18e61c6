/** A request as the handlers see it, whatever listener it came through. */
export interface Exchange {
  readonly method: string;
  /** `http://host:port` as the caller addressed us. */
  readonly origin: string;
  /** Absolute. */
  readonly url: string;
  /** Path segments, decoded; `%2F` stays as it is. */
  readonly segments: readonly string[];
  readonly query: URLSearchParams;
  readonly headers: Readonly<Record<string, string>>;
  /** Rejects with `BodyTooLarge` above the limit. Read at most once. */
  body(): Promise<Buffer>;
}

export interface Reply {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly cookies?: readonly string[];
  readonly body?: Uint8Array | string;
}

/** Answers, or passes the request on by answering undefined. */
export type Handler = (exchange: Exchange) => Promise<Reply | undefined>;

export class BodyTooLarge extends Error {
  override readonly name = 'BodyTooLarge';
}

export function jsonReply(
  status: number,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): Reply {
  return {
    status,
    headers: { 'content-type': 'application/json; charset=utf-8', ...headers },
    body: JSON.stringify(body),
  };
}

/** The key a caller sent; the header wins over the query. */
export function keyOf(exchange: Exchange): string {
  return exchange.headers['x-functions-key'] ?? exchange.query.get('code') ?? '';
}
