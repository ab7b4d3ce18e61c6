import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { Log } from '../../../shared/ports/log';
import type { LogName } from '../../../shared/ports/log-cache';
import { messageOf } from '../../system/message-of';
import type { SiteTrust } from '../site-trust';
import { parseLogPath } from './log-path';

/** What became of a log. `there`: it was here already. `gone`: its epoch has ended. `full`: no room for now. */
export type Taken = 'kept' | 'there' | 'gone' | 'full';

/** Whoever takes logs in. Taking the same again changes nothing. */
export interface LogTaker {
  has(name: LogName): Promise<boolean>;
  take(name: LogName, bytes: Buffer): Promise<Taken>;
}

export interface LogIntakeOptions {
  readonly listen: { readonly host: string; readonly port: number };
  readonly trust: SiteTrust;
  readonly taker: LogTaker;
  readonly log: Log;
  /** A log larger than any that is ever sealed is refused. */
  readonly largestLogBytes?: number;
  /** What may be received at once, over all connections. */
  readonly underWayLimitBytes?: number;
}

const statuses: Readonly<Record<Taken, number>> = { kept: 201, there: 409, gone: 404, full: 503 };
const usualLargestLogBytes = 288 * 1024 * 1024;
const usualUnderWayLimitBytes = 320 * 1024 * 1024;
const requestTimeoutInMs = 10 * 60_000;

/** An answer that ends a request: nothing of its body was kept. */
class Refused extends Error {
  constructor(readonly status: number) {
    super(`refused with ${status}`);
  }
}

/**
 * Takes change logs from others of the site, as a storage container does: one PUT for each, never overwritten. Only who shows a
 * certificate of the site's authority is let in.
 */
export class LogIntake {
  readonly #options: LogIntakeOptions;
  readonly #server: Server;
  #underWayBytes = 0;

  private constructor(options: LogIntakeOptions) {
    this.#options = options;
    const { authority, certificate, key } = options.trust;
    this.#server = createServer(
      {
        ...{ ca: authority, cert: certificate, key, minVersion: 'TLSv1.2' },
        ...{ requestCert: true, rejectUnauthorized: true, requestTimeout: requestTimeoutInMs },
      },
      (request, response) => void this.#serve(request, response),
    );
  }

  static async start(options: LogIntakeOptions): Promise<LogIntake> {
    const intake = new LogIntake(options);
    intake.#server.listen(options.listen.port, options.listen.host);
    await once(intake.#server, 'listening');
    return intake;
  }

  get port(): number {
    const address = this.#server.address();
    return typeof address === 'object' && address !== null ? address.port : 0;
  }

  async close(): Promise<void> {
    const closed = once(this.#server, 'close');
    this.#server.close();
    this.#server.closeAllConnections();
    await closed;
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      answer(request, response, await this.#take(request));
    } catch (error) {
      if (!(error instanceof Refused) && !request.destroyed) {
        this.#options.log.error('a log could not be taken in', { reason: messageOf(error) });
      }
      answer(request, response, error instanceof Refused ? error.status : 500);
    }
  }

  async #take(request: IncomingMessage): Promise<number> {
    const { taker, largestLogBytes = usualLargestLogBytes } = this.#options;
    const name = parseLogPath(new URL(request.url ?? '/', 'https://site').pathname);
    if (name === undefined) throw new Refused(400);
    if (request.method !== 'PUT') throw new Refused(405);
    const lengthBytes = Number(request.headers['content-length'] ?? NaN);
    if (!Number.isSafeInteger(lengthBytes) || lengthBytes <= 0) throw new Refused(411);
    if (lengthBytes > largestLogBytes) throw new Refused(413);
    // Told before the body is read: what is here already need not come again.
    if (await taker.has(name)) return statuses.there;
    const bytes = await this.#body(request, lengthBytes);
    return statuses[await taker.take(name, bytes)];
  }

  async #body(request: IncomingMessage, lengthBytes: number): Promise<Buffer> {
    const { underWayLimitBytes = usualUnderWayLimitBytes } = this.#options;
    if (this.#underWayBytes > 0 && this.#underWayBytes + lengthBytes > underWayLimitBytes) {
      throw new Refused(503);
    }
    this.#underWayBytes += lengthBytes;
    try {
      const chunks: Buffer[] = [];
      for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
      const body = Buffer.concat(chunks);
      if (body.byteLength !== lengthBytes) throw new Refused(400);
      return body;
    } finally {
      this.#underWayBytes -= lengthBytes;
    }
  }
}

/** A body that nobody wants is read all the same, so that its sender lives to see the answer; one without measure is cut off. */
function answer(request: IncomingMessage, response: ServerResponse, status: number): void {
  if (response.destroyed) return;
  const isEndless = status === 411 || status === 413;
  response.writeHead(status, {
    'content-length': '0',
    ...(status === 503 ? { 'retry-after': '1' } : {}),
    ...(isEndless ? { connection: 'close' } : {}),
  });
  response.end(() => void (isEndless ? request.destroy() : request.resume()));
}
