/** What the API needs of a request; the Functions runtime's HttpRequest is one. */
export interface ApiRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: { get(name: string): string | null };
  text(): Promise<string>;
}

/** An answer; the Functions runtime takes it as it is. */
export interface ApiAnswer {
  readonly status: number;
  readonly headers?: Record<string, string>;
  readonly jsonBody?: unknown;
  readonly body?: string | Uint8Array;
}

/** 200 with this body. */
export function ok(jsonBody: unknown, headers: Record<string, string> = {}): ApiAnswer {
  return { status: 200, jsonBody, headers };
}
