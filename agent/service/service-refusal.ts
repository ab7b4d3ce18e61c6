/** The service answered, and not with what was asked for. */
export class ServiceRefusal extends Error {
  override readonly name = 'ServiceRefusal';

  readonly retryAfterInMs: number | undefined;

  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    options: ErrorOptions & { readonly retryAfterInMs?: number | undefined } = {},
  ) {
    super(message, options);
    this.retryAfterInMs = options.retryAfterInMs;
  }

  /** True where the same call may succeed later. */
  get isPassing(): boolean {
    return [408, 429, 500, 502, 503, 504].includes(this.status);
  }

  /** True where the agent is not welcome any more: its key, or its registration, is gone. */
  get isUnwelcome(): boolean {
    return this.status === 401 || this.status === 403;
  }
}
