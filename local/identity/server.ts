import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import { randomUUID } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import type { Directory } from './directory';
import { answer, issuerOf, type IssuerOptions } from './issuer';
import { openSigningKey } from './signing-key';

const maximumBodyBytes = 64 * 1024;

export interface IdentityOptions {
  readonly directory: Directory;
  /** Keeps the signing key. */
  readonly dataFolder: string;
  /** 0 takes a free one. */
  readonly port: number;
  /** PEM texts. */
  readonly certificate: string;
  readonly key: string;
  readonly clock?: { now(): number };
  readonly lifetimeInSeconds?: number;
}

export interface Identity {
  readonly port: number;
  /** What SDKs call the authority host. */
  readonly origin: string;
  readonly issuer: string;
  stop(): Promise<void>;
}

/** Listens on 127.0.0.1 with HTTPS and issues tokens. */
export async function startIdentity(options: IdentityOptions): Promise<Identity> {
  const { directory, clock = { now: () => Date.now() }, lifetimeInSeconds = 3600 } = options;
  const signingKey = await openSigningKey(options.dataFolder);
  const server = createServer({ cert: options.certificate, key: options.key });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(options.port, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  const origin = `https://127.0.0.1:${port}`;
  const issuer = { directory, signingKey, origin, clock, newId: randomUUID, lifetimeInSeconds };
  server.on('request', (request, response) => void serve(request, response, issuer));
  return {
    port,
    origin,
    issuer: issuerOf(origin, directory),
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function serve(
  request: IncomingMessage,
  response: ServerResponse,
  issuer: IssuerOptions,
): Promise<void> {
  try {
    const body = await textOf(request);
    if (body === undefined) return send(response, 413, { error: 'invalid_request' });
    const { status, body: content } = await answer(
      {
        method: request.method ?? 'GET',
        path: (request.url ?? '/').split('?', 1).join(''),
        authorization: request.headers.authorization,
        body,
      },
      issuer,
    );
    send(response, status, content);
  } catch (error) {
    console.error('A request could not be answered:', error);
    if (!response.headersSent) send(response, 500, { error: 'server_error' });
  }
}

async function textOf(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let sizeBytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    sizeBytes += chunk.byteLength;
    if (sizeBytes > maximumBodyBytes) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function send(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, {
    'content-type': 'application/json; charset=utf-8',
    'cache-control': 'no-store',
    ...(status === 413 ? { connection: 'close' } : {}),
  });
  response.end(JSON.stringify(body));
}
