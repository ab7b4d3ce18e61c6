import { agents } from './refusals/agents';
import { recovery } from './refusals/recovery';
import type { Refusal } from './refusals/refusal';
import { replication } from './refusals/replication';
import { requests } from './refusals/requests';

export type { Retry } from './refusals/refusal';

/**
 * Every refusal lifeboat can answer with. A code is API: documented once (docs/errors.md lists exactly these),
 * never reused. Add one only when the caller can act differently on it.
 */
export const refusals = {
  ...requests,
  ...replication,
  ...recovery,
  ...agents,
  InvalidSettings: {
    status: 500,
    retry: 'never',
    causes: 'A setting of the app is missing or malformed.',
    action: 'Correct the named setting; local.settings.sample.json shows them all.',
  },
  InternalError: {
    status: 500,
    retry: 'later',
    causes: 'A fault in lifeboat or in a service it stands on.',
    action: 'Try again; if it stays, report the request id that the answer carries.',
  },
} as const satisfies Record<string, Refusal>;

export type ErrorCode = keyof typeof refusals;
