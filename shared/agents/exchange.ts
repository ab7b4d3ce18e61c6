/** What the agent face needs of a request; the Functions runtime's HttpRequest is one. */
export interface AgentRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: { get(name: string): string | null };
  text(): Promise<string>;
}

/** An answer; the Functions runtime takes it as it is. */
export interface AgentAnswer {
  readonly status: number;
  readonly headers?: Record<string, string>;
  readonly jsonBody?: unknown;
  readonly body?: string | Uint8Array;
}
