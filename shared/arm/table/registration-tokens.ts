import { z } from 'zod';
import { createRegistrationToken } from '../../service/agents/create-token';
import { requireResource } from '../../service/catalogue/resources';
import { ok, type ApiAnswer } from '../http/exchange';
import type { Call } from '../operations/call';
import { fabricPath, now } from '../operations/define';
import type { Operation } from '../operations/operation';

const TokenInput = z.looseObject({
  properties: z.looseObject({ lifetimeInMinutes: z.int().min(1).max(1440).nullish() }).nullish(),
});

/** A token lets one agent register with the fabric, once. It is shown in this answer and never again. */
async function createToken(call: Call, { properties }: z.infer<typeof TokenInput>): Promise<ApiAnswer> {
  const { resource } = await requireResource(call.services.records, call.resourceId);
  const minutes = properties?.lifetimeInMinutes;
  const { token, expiresAtMs } = await createRegistrationToken(call.services, {
    vaultId: call.vaultId,
    fabricId: resource.id,
    ...(typeof minutes === 'number' ? { lifetimeInMs: minutes * 60_000 } : {}),
  });
  return ok({ token, expiresAt: new Date(expiresAtMs).toISOString() });
}

/** How agents are let in: an extension of ours, in the style of the rest. */
export const registrationTokenOperations: readonly Operation[] = [
  now(
    'RegistrationTokens_Create',
    ['POST', `${fabricPath}/createRegistrationToken`, 1],
    TokenInput,
    createToken,
  ),
];
