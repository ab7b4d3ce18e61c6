import { createHmac } from 'node:crypto';
import { z } from 'zod';
import { isRefusal } from '../../errors';
import { vaultOf } from '../../model/resource-id';
import type { Clock } from '../../ports/clock';
import type { Log } from '../../ports/log';
import type { Records } from '../../ports/records';
import type { WebhookSender } from '../../ports/webhook-sender';
import { everyResource } from '../catalogue/resources';
import { isWelcome, mayBeTriedAgain } from './is-welcome';

/** A CloudEvent as it comes off the topic. */
export const CloudEvent = z.looseObject({
  specversion: z.literal('1.0'),
  id: z.string(),
  source: z.string(),
  type: z.string(),
  subject: z.string(),
  time: z.string(),
});
export type CloudEvent = z.infer<typeof CloudEvent>;

const Subscription = z.looseObject({
  url: z.string(),
  secret: z.string(),
  eventTypes: z.array(z.string()),
  state: z.string(),
});

export interface Delivering {
  readonly records: Records;
  readonly sender: WebhookSender;
  readonly clock: Clock;
  readonly log: Log;
}

/**
 * Sends an event to every webhook of its vault that wants it, signed. Nothing is sent before the address has said that it
 * wants events. Throws when one could not be reached, so that the event comes again; the others then see it twice, with the
 * same id. An address that is not public is given up.
 */
export async function deliverEvent(delivering: Delivering, event: CloudEvent): Promise<number> {
  const { records, sender, clock, log } = delivering;
  const vault = vaultOf(event.subject);
  if (vault === undefined) return 0;
  const failed: string[] = [];
  let delivered = 0;
  for await (const { resource } of everyResource(records, vault, 'webhooks')) {
    const { url, secret, eventTypes, state } = Subscription.parse(resource.properties);
    const isWanted = eventTypes.length === 0 || eventTypes.includes(event.type);
    if (!['Active', 'Pending'].includes(state) || !isWanted) continue;
    const body = JSON.stringify(event);
    try {
      if (state === 'Pending' && !(await isWelcome(delivering, resource))) continue;
      const headers = signedHeaders({ body, secret, timeInMs: clock.now(), id: event.id });
      const status = await sender.send({ url, headers, body });
      if (status >= 200 && status < 300) delivered++;
      else if (mayBeTriedAgain(status)) failed.push(`${resource.name}: ${status}`);
      else log.warn('a webhook refused an event', { webhook: resource.id, status });
    } catch (error) {
      if (isRefusal(error)) log.warn('a webhook is not public', { webhook: resource.id });
      else failed.push(`${resource.name}: ${String(error)}`);
    }
  }
  if (failed.length > 0) throw new Error(`webhooks could not be reached: ${failed.join('; ')}`);
  return delivered;
}

/** The signature covers the time, so that an old delivery cannot be played again. */
export function signedHeaders(what: {
  body: string;
  secret: string;
  timeInMs: number;
  id: string;
}): Record<string, string> {
  const time = Math.floor(what.timeInMs / 1000);
  const signature = createHmac('sha256', what.secret).update(`${time}.${what.body}`).digest('hex');
  return {
    'Content-Type': 'application/cloudevents+json; charset=utf-8',
    'Content-Length': String(Buffer.byteLength(what.body)),
    'User-Agent': 'lifeboat',
    'Lifeboat-Event-Id': what.id,
    'Lifeboat-Signature': `t=${time},v1=${signature}`,
  };
}
