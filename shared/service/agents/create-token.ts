import { createHash } from 'node:crypto';
import type { RegistrationToken } from '../../contracts/agents/registration-token';
import type { Clock } from '../../ports/clock';
import type { Ids } from '../../ports/ids';
import type { Records } from '../../ports/records';
import { tokenKey } from './agent-records';

const longestInMs = 24 * 3_600_000;

export interface NewToken {
  readonly token: string;
  readonly expiresAtMs: number;
}

export interface TokenFor {
  readonly vaultId: string;
  readonly fabricId: string;
  readonly lifetimeInMs?: number | undefined;
}

/** A token that lets one agent register with this fabric, for a day at most. It is shown here and never again. */
export async function createRegistrationToken(
  { records, clock, ids }: { records: Records; clock: Clock; ids: Ids },
  { vaultId, fabricId, lifetimeInMs = longestInMs }: TokenFor,
): Promise<NewToken> {
  const secret = createHash('sha256').update(`${ids.uuid()}${ids.uuid()}`).digest('base64url');
  const token = `lb1.${secret}`;
  const createdAtMs = clock.now();
  const expiresAtMs = createdAtMs + Math.min(lifetimeInMs, longestInMs);
  const record: RegistrationToken = { vaultId, fabricId, createdAtMs, expiresAtMs };
  await records.create(tokenKey(token), record);
  return { token, expiresAtMs };
}
