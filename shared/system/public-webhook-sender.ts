import { lookup as systemLookup } from 'node:dns/promises';
import type { IncomingMessage } from 'node:http';
import { request } from 'node:https';
import type { LookupFunction } from 'node:net';
import { LifeboatError } from '../errors';
import { isPublicHttps, isPublicIp } from '../model/public-address';
import type { WebhookSender } from '../ports/webhook-sender';

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
  const exchange = async (address: string, what: Exchange): Promise<IncomingMessage> => {
    if (!isPublicHttps(address)) throw notPublic();
    const url = new URL(address);
    const host = url.hostname.replace(/^\[|\]$/g, '');
    const addresses = await lookup(host);
    const [first] = addresses;
    if (first === undefined || addresses.some(({ address: each }) => !isPublicIp(each))) throw notPublic();
    return exchangeWith({ url, pinned: first, timeoutInMs }, what);
  };
  return {
    send: async ({ url, headers, body }) => {
      const answer = await exchange(url, { method: 'POST', headers, body });
      return answer.statusCode ?? 0;
    },
    greet: async ({ url, origin }) => {
      const headers = { 'WebHook-Request-Origin': origin, 'User-Agent': 'lifeboat' };
      const answer = await exchange(url, { method: 'OPTIONS', headers });
      const allowed = answer.headers['webhook-allowed-origin'];
      return { status: answer.statusCode ?? 0, allowedOrigin: [allowed].flat()[0] };
    },
  };
}

interface Exchange {
  readonly method: 'POST' | 'OPTIONS';
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

interface Way {
  readonly url: URL;
  readonly pinned: { readonly address: string; readonly family: number };
  readonly timeoutInMs: number;
}

/** The head of the answer; nobody wants its body. */
function exchangeWith(
  { url, pinned, timeoutInMs }: Way,
  { method, headers, body }: Exchange,
): Promise<IncomingMessage> {
  const pin: LookupFunction = (_host, options, done) => {
    if (options.all === true) done(null, [{ address: pinned.address, family: pinned.family }]);
    else done(null, pinned.address, pinned.family);
  };
  const signal = AbortSignal.timeout(timeoutInMs);
  return new Promise((resolve, reject) => {
    const outgoing = request(
      url,
      { method, headers, lookup: pin, agent: false, timeout: timeoutInMs, signal },
      (answer) => {
        answer.destroy();
        resolve(answer);
      },
    );
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}

function notPublic(): LifeboatError {
  return new LifeboatError('BadRequest', 'The address of the webhook is not one of the public internet.');
}
