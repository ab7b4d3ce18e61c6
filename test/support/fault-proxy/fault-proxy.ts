import { Agent, createServer, request as send, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { present } from '../../../shared/assert';
import { FaultPlan, type Fault, type FaultPlanOptions } from './faults';

const longestDelayInMs = 40;

export interface FaultProxyOptions extends FaultPlanOptions {
  /** The port of the storage behind. */
  readonly toPort: number;
  /**
   * Which answers may be corrupted. Over TLS a wrong bit ends the connection, which `cutAnswer` stands for; what proves
   * itself, like a change log, must withstand even this.
   */
  readonly mayCorrupt: (path: string) => boolean;
}

interface Answer {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
}

/** Stands in front of a storage server on 127.0.0.1 and lets requests meet faults by a seeded plan. */
export class FaultProxy {
  readonly plan: FaultPlan;
  readonly #agent = new Agent({ keepAlive: true });
  readonly #late = new Set<Promise<unknown>>();
  readonly #server = createServer((incoming, outgoing) => {
    this.#handle(incoming, outgoing).catch(() => outgoing.destroy());
  });

  private constructor(private readonly options: FaultProxyOptions) {
    this.plan = new FaultPlan(options);
  }

  static async start(options: FaultProxyOptions): Promise<FaultProxy> {
    const proxy = new FaultProxy(options);
    await new Promise<void>((resolve) => proxy.#server.listen(0, '127.0.0.1', resolve));
    return proxy;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** Resolves once every late duplicate has arrived: only then nothing of the past can happen any more. */
  async settled(): Promise<void> {
    while (this.#late.size > 0) await Promise.allSettled(this.#late);
  }

  async stop(): Promise<void> {
    await this.settled();
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
    this.#agent.destroy();
  }

  async #handle(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks);
    const fault = this.plan.next(nameOf(incoming));
    if (fault === undefined) return reply(outgoing, await this.#forward(incoming, body));
    await this.#meet(fault, { incoming, body, outgoing });
  }

  async #meet(
    { kind, extent }: Fault,
    { incoming, body, outgoing }: { incoming: IncomingMessage; body: Buffer; outgoing: ServerResponse },
  ): Promise<void> {
    switch (kind) {
      case 'drop':
        outgoing.destroy();
        return;
      case 'delay':
        await sleep(extent * longestDelayInMs);
        return reply(outgoing, await this.#forward(incoming, body));
      case 'duplicate':
        this.#forwardLater(incoming, body, extent);
        return reply(outgoing, await this.#forward(incoming, body));
      case 'cutRequest':
        await this.#forward(incoming, body, Math.floor(body.length * extent)).catch(() => undefined);
        outgoing.destroy();
        return;
      case 'cutAnswer':
        return cut(outgoing, await this.#forward(incoming, body), extent);
      case 'corrupt':
        return reply(outgoing, this.#corrupted(incoming, await this.#forward(incoming, body), extent));
      case 'busy':
        return reply(outgoing, busy(extent));
      case 'lost':
        await this.#forward(incoming, body);
        outgoing.destroy();
        return;
    }
  }

  #forwardLater(incoming: IncomingMessage, body: Buffer, extent: number): void {
    const late = sleep(extent * longestDelayInMs * 3)
      .then(() => this.#forward(incoming, body))
      .catch(() => undefined)
      .finally(() => this.#late.delete(late));
    this.#late.add(late);
  }

  #corrupted(incoming: IncomingMessage, answer: Answer, extent: number): Answer {
    if (answer.body.length === 0 || !this.options.mayCorrupt(incoming.url ?? '')) return answer;
    const body = Buffer.from(answer.body);
    const at = Math.floor(extent * body.length);
    body[at] = (body[at] ?? 0) ^ 0x10;
    return { ...answer, body };
  }

  /** Passes a request on; with `bytesSent`, only so much of its body, and then breaks off. */
  #forward({ method, url, headers }: IncomingMessage, body: Buffer, bytesSent?: number): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const onward = send(
        { host: '127.0.0.1', port: this.options.toPort, agent: this.#agent, method, path: url, headers },
        (response) => {
          const chunks: Buffer[] = [];
          response.on('data', (chunk: Buffer) => chunks.push(chunk));
          response.on('error', reject);
          response.on('end', () => {
            const { statusCode = 502, headers } = response;
            resolve({ status: statusCode, headers, body: Buffer.concat(chunks) });
          });
        },
      );
      onward.on('error', reject);
      if (bytesSent === undefined || bytesSent >= body.length) {
        onward.end(body);
      } else {
        onward.write(body.subarray(0, bytesSent), () => onward.destroy(new Error('cut')));
      }
    });
  }
}

/** The same request has the same name each time: what it is signed and dated with is left out. */
function nameOf({ method, url = '', headers }: IncomingMessage): string {
  return [method, url, headers['x-ms-range'], headers['x-ms-blob-sequence-number']].join(' ');
}

function reply(outgoing: ServerResponse, { status, headers, body }: Answer): void {
  const { 'transfer-encoding': _chunked, connection: _connection, ...rest } = headers;
  const length = rest['content-length'] ?? String(body.length);
  outgoing.writeHead(status, { ...rest, 'content-length': length });
  outgoing.end(body);
}

function cut(outgoing: ServerResponse, { status, headers, body }: Answer, extent: number): void {
  const { 'transfer-encoding': _chunked, ...rest } = headers;
  outgoing.writeHead(status, { ...rest, 'content-length': String(Math.max(1, body.length)) });
  outgoing.write(body.subarray(0, Math.floor(body.length * extent)), () => outgoing.destroy());
}

const busyAnswers = [
  { status: 503, code: 'ServerBusy', headers: {} },
  { status: 503, code: 'ServerBusy', headers: { 'retry-after': '0' } },
  { status: 429, code: 'TooManyRequests', headers: { 'retry-after': '0' } },
  { status: 429, code: 'TooManyRequests', headers: {} },
  { status: 500, code: 'OperationTimedOut', headers: {} },
];

function busy(extent: number): Answer {
  const chosen = busyAnswers[Math.floor(extent * busyAnswers.length)];
  const { status, code, headers } = present(chosen, 'an answer');
  const text = `<?xml version="1.0" encoding="utf-8"?><Error><Code>${code}</Code><Message>Try again.</Message></Error>`;
  return {
    status,
    headers: { ...headers, 'content-type': 'application/xml', 'x-ms-error-code': code },
    body: Buffer.from(text),
  };
}
