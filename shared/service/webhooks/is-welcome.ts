import { z } from 'zod';
import type { Resource } from '../../contracts/catalogue/resource';
import { isRefusal } from '../../errors';
import type { Log } from '../../ports/log';
import type { Records } from '../../ports/records';
import type { WebhookSender } from '../../ports/webhook-sender';
import { changeResource } from '../catalogue/resources';

/** What we call ourselves when we ask. */
const origin = 'lifeboat';

const Address = z.looseObject({ url: z.string() });

export interface Asking {
  readonly records: Records;
  readonly sender: WebhookSender;
  readonly log: Log;
}

/**
 * Whether the address of a new webhook has said that it wants events: `WebHook-Allowed-Origin` in its answer to OPTIONS. So
 * nobody can be flooded by a subscription that somebody else made. Either answer is kept; one that may be another later is
 * thrown.
 */
export async function isWelcome({ records, sender, log }: Asking, webhook: Resource): Promise<boolean> {
  const { url } = Address.parse(webhook.properties);
  const { status, allowedOrigin } = await sender.greet({ url, origin });
  if (mayBeTriedAgain(status)) throw new Error(`the handshake was answered with ${status}`);
  const isAllowed = ['*', origin].includes(allowedOrigin?.trim().toLowerCase() ?? '');
  const isIn = status >= 200 && status < 300 && isAllowed;
  if (!isIn) log.warn('a webhook did not prove that it wants events', { webhook: webhook.id, status });
  const state = isIn ? 'Active' : 'Refused';
  try {
    await changeResource(records, webhook.id, (current) =>
      current.properties['url'] === url
        ? { ...current, properties: { ...current.properties, state } }
        : undefined,
    );
  } catch (error) {
    if (!isRefusal(error, 'NotFound')) throw error;
    return false;
  }
  return isIn;
}

/** The address is there, and cannot say now. */
export function mayBeTriedAgain(status: number): boolean {
  return status >= 500 || status === 408 || status === 429 || status === 0;
}
