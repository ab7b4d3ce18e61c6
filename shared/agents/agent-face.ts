import { RegisterAgent, RotateKey } from '../contracts/agent/identity';
import { AgentEvent } from '../contracts/agent/events';
import { StatusReport } from '../contracts/agent/report';
import { EpochRequest, GrantRequest, RingDoorbells } from '../contracts/agent/transfer';
import type { AgentRecord } from '../contracts/agents/agent-record';
import { isRefusal, LifeboatError } from '../errors';
import { parseBody, parseJson } from '../contracts/request-body';
import type { Jobs } from '../ports/jobs';
import type { Log } from '../ports/log';
import { Allowance } from '../service/agents/allowance';
import type { AgentPorts } from '../service/agents/agent-ports';
import { expectComparable, grantUpload, ringDoorbells, rotateKey } from '../service/agents/answer-requests';
import { askEpoch } from '../service/agents/ask-epoch';
import { checkSignature } from '../service/agents/check-signature';
import { awaitDesired } from '../service/agents/desired-state';
import { Nonces } from '../service/agents/nonces';
import { registerAgent } from '../service/agents/register-agent';
import { takeStatus } from '../service/agents/take-status';
import type { WishBoard } from '../service/agents/wish-board';
import type { AgentAnswer, AgentRequest } from './exchange';

export const agentFacePrefix = '/agents/v1';

export interface AgentFaceOptions {
  readonly ports: AgentPorts;
  readonly board: WishBoard;
  readonly log: Log;
  /** Something was said of these protected items: their state may have moved. */
  readonly onReport: (itemIds: readonly string[], jobs: Jobs) => Promise<void>;
}

/** One request, as its handler sees it: from a known agent, its body not parsed yet. */
interface Call {
  readonly agent: AgentRecord;
  readonly url: URL;
  readonly headers: AgentRequest['headers'];
  readonly body: unknown;
  readonly jobs: Jobs;
  /** What the route's pattern caught: a replica's id. */
  readonly named: string;
}

interface Route {
  readonly method: 'GET' | 'POST';
  readonly path: RegExp;
  /** It gives or changes something: a replay is refused by every instance. */
  readonly isWeighty: boolean;
  readonly handle: (call: Call) => Promise<AgentAnswer>;
}

const largestBodyBytes = 8 * 1024 * 1024;

/** What agents call. Every call but the registration is signed by the agent's own key. */
export function agentFace(options: AgentFaceOptions): {
  readonly prefix: string;
  handle(request: AgentRequest, jobs: Jobs): Promise<AgentAnswer>;
} {
  const { ports, log } = options;
  const nonces = new Nonces(ports.records, ports.clock);
  const routes = routesOf(options);
  return {
    prefix: agentFacePrefix,
    handle: async (request, jobs) => {
      const told = { 'x-lifeboat-service-time': String(ports.clock.now()), 'Cache-Control': 'no-store' };
      const answer = await respond(request, jobs).catch((error: unknown) => {
        if (!isRefusal(error)) log.error('an agent could not be answered', { error: String(error) });
        return refusalAnswer(error);
      });
      return { ...answer, headers: { ...told, ...answer.headers } };
    },
  };

  async function respond(request: AgentRequest, jobs: Jobs): Promise<AgentAnswer> {
    const url = new URL(request.url);
    const path = url.pathname.slice(agentFacePrefix.length + 1);
    const body = await bodyOf(request);
    if (path === 'register' && request.method === 'POST') {
      const registration = await registerAgent(ports, parseBody(RegisterAgent, parseJson(body)));
      return { status: 201, jsonBody: registration };
    }
    const route = routes.find((each) => each.method === request.method && each.path.test(path));
    if (route === undefined) throw new LifeboatError('UnknownAddress', 'There is no call at this address.');
    const agent = await checkSignature(
      { ...ports, nonces },
      {
        method: request.method,
        pathWithQuery: url.pathname + url.search,
        headers: request.headers,
        body,
        isWeighty: route.isWeighty,
      },
    );
    const named = route.path.exec(path)?.[1] ?? '';
    return route.handle({ agent, url, headers: request.headers, body: parseJson(body), jobs, named });
  }
}

function routesOf({ ports, board, onReport }: AgentFaceOptions): readonly Route[] {
  const allowance = new Allowance(ports.clock, { burst: 2_000, perSecond: 200 });
  const all = { ...ports, board, allowance };
  const replica = '([0-9a-f-]{36})';
  return [
    route('GET', /^desired$/, async ({ agent, url, headers }) => {
      const known = headers.get('if-none-match') ?? undefined;
      const waitInMs = Number(url.searchParams.get('waitInMs') ?? 0);
      if (!(waitInMs >= 0)) throw new LifeboatError('BadRequest', 'waitInMs is a number of milliseconds.');
      const tagged = await awaitDesired(all, { agentId: agent.agentId, known, waitInMs });
      return tagged === undefined
        ? { status: 304 }
        : { status: 200, jsonBody: tagged.state, headers: { ETag: tagged.etag } };
    }),
    route('POST', /^status$/, async ({ agent, body, jobs }) => {
      const report = parseBody(StatusReport, body);
      const { answer, itemIds } = await takeStatus({ ...all, jobs }, agent, report);
      await onReport(itemIds, jobs);
      return { status: 200, jsonBody: answer };
    }),
    route('POST', /^doorbell$/, async ({ agent, body }) => {
      await ringDoorbells(all, agent, parseBody(RingDoorbells, body));
      return { status: 202 };
    }),
    route('POST', /^events$/, async ({ agent, body, jobs }) => {
      const event = parseBody(AgentEvent, body);
      if (event.type === 'lifeboat.agent.doorbell') {
        await ringDoorbells(all, agent, event.data);
      } else {
        const { itemIds } = await takeStatus({ ...all, jobs }, agent, event.data);
        await onReport(itemIds, jobs);
      }
      return { status: 202 };
    }),
    weighty('POST', /^grants$/, async ({ agent, body }) => {
      return { status: 200, jsonBody: await grantUpload(all, agent, parseBody(GrantRequest, body)) };
    }),
    weighty('POST', /^rotate-key$/, async ({ agent, body }) => {
      await rotateKey(ports, agent, parseBody(RotateKey, body).publicKey);
      return { status: 204 };
    }),
    weighty('POST', new RegExp(`^replicas/${replica}/epochs$`), async ({ agent, body, named }) => {
      await askEpoch(all, agent, { ...parseBody(EpochRequest, body), replicaId: named });
      return { status: 202 };
    }),
    route('GET', new RegExp(`^replicas/${replica}/digests$`), async ({ agent, url, named }) => {
      await expectComparable(all, agent, named);
      const [epoch, segment] = ['epoch', 'segment'].map((name) => wholeNumber(url, name));
      const part = await ports.replicas.digests(named, epoch ?? 0, segment ?? 0);
      return {
        status: 200,
        body: part.bytes,
        headers: {
          'Content-Type': 'application/octet-stream',
          'x-lifeboat-segment-count': String(part.segmentCount),
        },
      };
    }),
  ];
}

function route(method: Route['method'], path: RegExp, handle: Route['handle']): Route {
  return { method, path, isWeighty: false, handle };
}

function weighty(method: Route['method'], path: RegExp, handle: Route['handle']): Route {
  return { method, path, isWeighty: true, handle };
}

function wholeNumber(url: URL, name: string): number {
  const value = Number(url.searchParams.get(name) ?? 0);
  if (Number.isSafeInteger(value) && value >= 0) return value;
  throw new LifeboatError('BadRequest', `${name} is a whole number.`, { target: name });
}

async function bodyOf(request: AgentRequest): Promise<string> {
  const tooLarge = (): LifeboatError =>
    new LifeboatError('RequestTooLarge', `A request body has at most ${largestBodyBytes} bytes.`);
  if (Number(request.headers.get('content-length') ?? 0) > largestBodyBytes) throw tooLarge();
  const text = await request.text();
  if (Buffer.byteLength(text) > largestBodyBytes) throw tooLarge();
  return text;
}

function refusalAnswer(error: unknown): AgentAnswer {
  const refusal = isRefusal(error)
    ? error
    : new LifeboatError('InternalError', 'Something went wrong on our side.');
  const { code, message, target } = refusal;
  return {
    status: refusal.status,
    headers: refusal.status === 429 ? { 'Retry-After': '1' } : {},
    jsonBody: { error: { code, message, ...(target === undefined ? {} : { target }) } },
  };
}
