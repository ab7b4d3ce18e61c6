import * as http from 'node:http';
import * as https from 'node:https';
import type { SiteTrust } from '../site/site-trust';

export interface HttpAnswer {
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  readonly body: Buffer;
}

export interface HttpRequest {
  readonly method: string;
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
  /** Trusted besides the system's own authorities. */
  readonly certificateAuthority?: string | undefined;
  /** Whom to trust instead, and what to show to who asks for it, PEM: among the servers of a site both sides do. */
  readonly trust?: SiteTrust | undefined;
  readonly timeoutInMs: number;
  readonly signal?: AbortSignal | undefined;
}

/** More than any answer the service gives; a service that answers nonsense must not fill the memory. */
const answerLimitBytes = 64 * 1024 * 1024;

const agents = { http: new http.Agent({ keepAlive: true }), https: new https.Agent({ keepAlive: true }) };

/** One request and its whole answer. Rejects on anything but an answer. */
export async function sendRequest(request: HttpRequest): Promise<HttpAnswer> {
  const isSecure = request.url.protocol === 'https:';
  const options: https.RequestOptions = {
    method: request.method,
    headers: { ...request.headers, 'content-length': String(request.body.byteLength) },
    agent: isSecure ? agents.https : agents.http,
    timeout: request.timeoutInMs,
    ...(request.signal === undefined ? {} : { signal: request.signal }),
    ...(request.certificateAuthority === undefined ? {} : { ca: request.certificateAuthority }),
    ...(request.trust === undefined ? {} : tlsOf(request.trust)),
  };
  return new Promise((resolve, reject) => {
    const sent = (isSecure ? https : http).request(request.url, options, (answer) => {
      collect(answer).then(
        (body) => resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body }),
        (error: unknown) =>
          reject(error instanceof Error ? error : new Error('the answer could not be read')),
      );
    });
    sent.once('timeout', () => sent.destroy(new Error(`no answer within ${request.timeoutInMs} ms`)));
    sent.once('error', reject);
    sent.end(request.body);
  });
}

function tlsOf({ authority, certificate, key }: SiteTrust): https.RequestOptions {
  return { ca: authority, cert: certificate, key };
}

async function collect(answer: http.IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let lengthBytes = 0;
  for await (const chunk of answer as AsyncIterable<Buffer>) {
    lengthBytes += chunk.byteLength;
    if (lengthBytes > answerLimitBytes) throw new Error('the answer is longer than any the service gives');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
