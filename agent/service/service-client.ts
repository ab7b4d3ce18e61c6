import { z } from 'zod';
import { DesiredState } from '../../shared/contracts/agent/desired';
import type { RegisterAgent } from '../../shared/contracts/agent/identity';
import { Registration } from '../../shared/contracts/agent/identity';
import { StatusAnswer, type StatusReport } from '../../shared/contracts/agent/report';
import { type EpochRequest, Grant } from '../../shared/contracts/agent/transfer';
import type { Clock } from '../../shared/ports/clock';
import type { Ids } from '../../shared/ports/ids';
import { type AgentKey, textToSign } from './agent-key';
import { type HttpAnswer, sendRequest } from './http-request';
import { ServiceRefusal } from './service-refusal';

export interface ServiceClientOptions {
  readonly url: URL;
  readonly key: AgentKey;
  /** Absent until the agent is registered. */
  readonly agentId?: string | undefined;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly certificateAuthority?: string | undefined;
  /** The span that is open, where somebody listens. */
  readonly traceparent?: (() => string | undefined) | undefined;
}

interface Call {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly body?: object;
  readonly headers?: Readonly<Record<string, string>>;
  readonly timeoutInMs?: number;
  readonly signal?: AbortSignal | undefined;
}

export interface Desired {
  readonly etag: string;
  readonly state: DesiredState;
}

const Envelope = z.object({ error: z.object({ code: z.string(), message: z.string() }) });
const usualTimeoutInMs = 30_000;
const emptyBody = Buffer.alloc(0);

/** The service as an agent calls it: every call signed, every answer parsed. It only ever calls out. */
export class ServiceClient {
  readonly #options: ServiceClientOptions;
  #offsetInMs = 0;
  #seenServiceTimeInMs = 0;

  constructor(options: ServiceClientOptions) {
    this.#options = options;
  }

  /** Trusted besides the system's own authorities. */
  get certificateAuthority(): string | undefined {
    return this.#options.certificateAuthority;
  }

  /** The service's time as well as it is known here: the agent's clock may be wrong, the difference is kept. */
  serviceTime(): number {
    return this.#options.clock.now() + this.#offsetInMs;
  }

  /** The latest time the service itself has told: no clock of the agent's can flatter it. */
  get seenServiceTimeInMs(): number {
    return this.#seenServiceTimeInMs;
  }

  async register(request: RegisterAgent): Promise<Registration> {
    return Registration.parse(jsonOf(await this.#send({ method: 'POST', path: 'register', body: request })));
  }

  /** What is wanted, or nothing if it is still what this etag names. */
  async desired(
    known: Desired | undefined,
    waitInMs: number,
    signal?: AbortSignal,
  ): Promise<Desired | undefined> {
    const answer = await this.#send({
      method: 'GET',
      path: `desired?waitInMs=${waitInMs}`,
      headers: known === undefined ? {} : { 'if-none-match': known.etag },
      timeoutInMs: usualTimeoutInMs + waitInMs,
      signal,
    });
    if (answer.status === 304) return undefined;
    return { etag: answer.headers.etag ?? '', state: DesiredState.parse(jsonOf(answer)) };
  }

  async report(status: z.input<typeof StatusReport>): Promise<StatusAnswer> {
    return StatusAnswer.parse(jsonOf(await this.#send({ method: 'POST', path: 'status', body: status })));
  }

  async ring(replicaIds: readonly string[]): Promise<void> {
    const headers = { traceparent: this.#options.traceparent?.() ?? this.#newTrace() };
    await this.#send({ method: 'POST', path: 'doorbell', headers, body: { replicaIds } });
  }

  /** A trace begins here, if no span of ours is open: what the bell leads to, up to the recovery point, can be found by it. */
  #newTrace(): string {
    const traceId = this.#options.ids.uuid().replaceAll('-', '');
    return `00-${traceId}-${traceId.slice(16)}-01`;
  }

  async grant(replicaId: string, epoch: number): Promise<Grant> {
    return Grant.parse(
      jsonOf(await this.#send({ method: 'POST', path: 'grants', body: { replicaId, epoch } })),
    );
  }

  async askEpoch(replicaId: string, request: EpochRequest): Promise<void> {
    await this.#send({ method: 'POST', path: `replicas/${replicaId}/epochs`, body: request });
  }

  /** One segment of the digest map of a replica's base. */
  async digests(
    replicaId: string,
    epoch: number,
    segment: number,
  ): Promise<{ bytes: Buffer; segmentCount: number }> {
    const path = `replicas/${replicaId}/digests?epoch=${epoch}&segment=${segment}`;
    const answer = await this.#send({ method: 'GET', path, timeoutInMs: 10 * usualTimeoutInMs });
    return { bytes: answer.body, segmentCount: Number(answer.headers['x-lifeboat-segment-count'] ?? 1) };
  }

  async rotateKey(publicKey: string): Promise<void> {
    await this.#send({ method: 'POST', path: 'rotate-key', body: { publicKey } });
  }

  async #send(call: Call): Promise<HttpAnswer> {
    const answer = await this.#sendOnce(call);
    if (answer.status < 400) return answer;
    const refusal = refusalOf(answer);
    // The first answer has told the service's time; with it the same call is right.
    if (refusal.code !== 'ClockSkew') throw refusal;
    const again = await this.#sendOnce(call);
    if (again.status >= 400) throw refusalOf(again);
    return again;
  }

  async #sendOnce(call: Call): Promise<HttpAnswer> {
    const { url, certificateAuthority } = this.#options;
    const target = new URL(`${url.pathname.replace(/\/$/, '')}/agents/v1/${call.path}`, url);
    const body = call.body === undefined ? emptyBody : Buffer.from(JSON.stringify(call.body), 'utf8');
    const answer = await sendRequest({
      method: call.method,
      url: target,
      headers: {
        ...call.headers,
        'content-type': 'application/json',
        ...this.#signature(call.method, target, body),
      },
      body,
      timeoutInMs: call.timeoutInMs ?? usualTimeoutInMs,
      signal: call.signal,
      certificateAuthority,
    });
    const told = Number(answer.headers['x-lifeboat-service-time']);
    if (Number.isFinite(told) && told > 0) {
      this.#offsetInMs = told - this.#options.clock.now();
      this.#seenServiceTimeInMs = Math.max(this.#seenServiceTimeInMs, told);
    }
    return answer;
  }

  #signature(method: string, target: URL, body: Uint8Array): Record<string, string> {
    const { agentId, key, ids } = this.#options;
    if (agentId === undefined) return {};
    const timeInMs = this.serviceTime();
    const nonce = ids.uuid();
    const text = textToSign({
      method,
      pathWithQuery: target.pathname + target.search,
      timeInMs,
      nonce,
      body,
    });
    return {
      'x-lifeboat-agent': agentId,
      'x-lifeboat-time': String(timeInMs),
      'x-lifeboat-nonce': nonce,
      'x-lifeboat-signature': key.sign(text),
    };
  }
}

function jsonOf(answer: HttpAnswer): unknown {
  try {
    return JSON.parse(answer.body.toString('utf8'));
  } catch (error) {
    throw new ServiceRefusal(502, 'NotJson', 'the service answered something that is not JSON', {
      cause: error,
    });
  }
}

function refusalOf(answer: HttpAnswer): ServiceRefusal {
  const retryAfter = Number(answer.headers['retry-after']);
  const retryAfterInMs = Number.isFinite(retryAfter) ? retryAfter * 1000 : undefined;
  let parsed: z.infer<typeof Envelope> | undefined;
  try {
    parsed = Envelope.parse(JSON.parse(answer.body.toString('utf8')));
  } catch {
    parsed = undefined;
  }
  const message = parsed?.error.message ?? `the service answered ${answer.status}`;
  return new ServiceRefusal(answer.status, parsed?.error.code ?? String(answer.status), message, {
    retryAfterInMs,
  });
}
