export type About = Readonly<Record<string, string | number | boolean>>;

/** What operators measure. Costs next to nothing where nobody listens. Nothing here may decide what happens. */
export interface Telemetry {
  /** Does the work inside a span, under the one that `traceparent` names if there is one. What it throws is noted and thrown on. */
  span<T>(what: SpanOf, work: () => Promise<T>): Promise<T>;
  /** The span that is open here, in the words of W3C trace context, to be sent along; undefined where nobody listens. */
  traceparent(): string | undefined;
  /** Adds to a counter, one if not said. Keep `about` to a handful of values: each is a series of its own. */
  count(name: string, about?: About, amount?: number): void;
  /** One value of a distribution; the unit is the end of its name. */
  record(name: string, value: number, about?: About): void;
  /** What is so now, for the few minutes until it is told anew. */
  level(name: string, value: number, about?: About): void;
}

export interface SpanOf {
  readonly name: string;
  readonly about?: About;
  /** W3C trace context, as a message or request brought it. */
  readonly traceparent?: string | undefined;
}
