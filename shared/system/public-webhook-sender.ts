import { lookup as systemLookup } from 'node:dns/promises';
import { request } from 'node:https';
import type { LookupFunction } from 'node:net';
import { LifeboatError } from '../errors';
import { isPublicHttps, isPublicIp } from '../model/public-address';
import type { WebhookDelivery, WebhookSender } from '../ports/webhook-sender';

export interface PublicWebhookOptions {
  /** Finds all addresses of a host. */
  readonly lookup?: (
    host: string,
  ) => Promise<readonly { readonly address: string; readonly family: number }[]>;
  readonly timeoutInMs?: number;
}

/**
 * The host is resolved once, every address of it must be public, and the connection goes to the very address that was
 * checked: a name that changes in between cannot lead inside.
 */
export function publicWebhookSender(options: PublicWebhookOptions = {}): WebhookSender {
  const lookup = options.lookup ?? ((host: string) => systemLookup(host, { all: true }));
  const timeoutInMs = options.timeoutInMs ?? 10_000;
  return {
    send: async (delivery) => {
      if (!isPublicHttps(delivery.url)) throw notPublic();
      const url = new URL(delivery.url);
      const host = url.hostname.replace(/^\[|\]$/g, '');
      const addresses = await lookup(host);
      const [first] = addresses;
      if (first === undefined || addresses.some(({ address }) => !isPublicIp(address))) throw notPublic();
      return post(delivery, { url, pinned: first, timeoutInMs });
    },
  };
}

interface Way {
  readonly url: URL;
  readonly pinned: { readonly address: string; readonly family: number };
  readonly timeoutInMs: number;
}

function post({ headers, body }: WebhookDelivery, { url, pinned, timeoutInMs }: Way): Promise<number> {
  const pin: LookupFunction = (_host, options, done) => {
    if (options.all === true) done(null, [{ address: pinned.address, family: pinned.family }]);
    else done(null, pinned.address, pinned.family);
  };
  return new Promise((resolve, reject) => {
    const outgoing = request(
      url,
      {
        method: 'POST',
        headers,
        lookup: pin,
        agent: false,
        timeout: timeoutInMs,
        signal: AbortSignal.timeout(timeoutInMs),
      },
      (answer) => {
        answer.destroy();
        resolve(answer.statusCode ?? 0);
      },
    );
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}

function notPublic(): LifeboatError {
  return new LifeboatError('BadRequest', 'The address of the webhook is not one of the public internet.');
}
