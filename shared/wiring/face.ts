import type { ApiAnswer, ApiRequest } from '../arm/http/exchange';
import type { Jobs } from '../ports/jobs';

/** A part of the HTTP surface beside the Site Recovery API: everything whose path begins with its prefix. */
export interface Face {
  /** `/agents/v1` ...; matches the path itself and everything below it. */
  readonly prefix: string;
  /** Answers every request below the prefix, and throws nothing. */
  handle(request: ApiRequest, jobs: Jobs): Promise<ApiAnswer>;
}
