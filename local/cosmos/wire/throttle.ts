import { z } from 'zod';
import { badRequest, Failure } from '../failure';
import { parseJson, type Request } from './request';

const ThrottleOrder = z.object({
  requests: z.int().min(0),
  retryAfterInMs: z.int().min(0).max(60_000).default(10),
});
export type ThrottleOrder = z.input<typeof ThrottleOrder>;

/** Refuses the next so many requests with 429, so that clients can be seen to cope. */
export class Throttle {
  #requests = 0;
  #retryAfterInMs = 0;

  set(order: unknown): void {
    const parsed = ThrottleOrder.safeParse(order);
    if (!parsed.success) throw badRequest(z.prettifyError(parsed.error));
    this.#requests = parsed.data.requests;
    this.#retryAfterInMs = parsed.data.retryAfterInMs;
  }

  setBy(request: Request): void {
    this.set(parseJson(request.body));
  }

  /** Query plans are asked for on the side and whatever they answer is ignored: they do not count. */
  pass(request: Request): void {
    const isAside = request.header('x-ms-cosmos-is-query-plan-request') !== undefined;
    if (this.#requests === 0 || request.path.length === 0 || isAside) return;
    this.#requests--;
    throw new Failure(
      429,
      'TooManyRequests',
      'The request rate is too large. Please retry after some time.',
      {
        'x-ms-retry-after-ms': String(this.#retryAfterInMs),
        'x-ms-substatus': '3200',
      },
    );
  }
}
