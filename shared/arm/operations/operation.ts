import type { z } from 'zod';
import type { ApiAnswer } from '../http/exchange';
import type { Call } from './call';

export type Method = 'GET' | 'PUT' | 'POST' | 'PATCH' | 'DELETE';

/** One operation of the API. The table of these drives routing, authorization, validation and the documentation. */
export interface Operation {
  /** Group and name as the official client has them: `ReplicationFabrics_Create`. */
  readonly name: string;
  readonly method: Method;
  readonly path: string;
  readonly summary: string;
  /** What a role must allow. Never empty: what has no action is allowed to nobody. */
  readonly action: string;
  /** 0 what everybody uses, 1 what some do, 2 what exists. */
  readonly importance: 0 | 1 | 2;
  readonly query?: readonly string[];
  readonly body?: z.ZodType<object>;
  readonly answers: 'resource' | 'page' | 'job' | 'nothing';
  readonly handle: (call: Call) => Promise<ApiAnswer>;
}
