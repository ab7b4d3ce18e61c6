import { randomUUID } from 'node:crypto';
import type { ApiAnswer, ApiRequest } from '../../../shared/arm/http/exchange';
import { tokenVerifier } from '../../../shared/arm/identity/tokens';
import { ControlJob } from '../../../shared/contracts/jobs/control-job';
import type { TargetCatalog } from '../../../shared/ports/compute/target-catalog';
import type { Records } from '../../../shared/ports/records';
import { runControlJob } from '../../../shared/service/jobs/run-control-job';
import { systemClock } from '../../../shared/system/system-clock';
import { rebuildSome } from '../../../shared/service/upkeep/rebuild-catalogue';
import { type Api, wireApi } from '../../../shared/wiring/api';
import { MemoryJobs } from '../memory-jobs';
import { memoryReplication } from '../memory/memory-replication';
import { MemoryRecords } from '../memory-records';
import { type Issuer, testIssuer } from './issuer';

export const subscription = '11111111-2222-4333-8444-555555555555';
export const group = 'rescue';
export const vaultName = 'harbour';
export const vault = `/Subscriptions/${subscription}/resourceGroups/${group}/providers/Microsoft.RecoveryServices/vaults/${vaultName}`;

export interface Ask {
  readonly body?: unknown;
  /** The body as it is, instead of JSON. */
  readonly raw?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** The Authorization header; an owner's token where nothing is said, none where null. */
  readonly authorization?: string | null;
  readonly query?: string;
}

/** What came back, as a client would read it. */
export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- answers are looked at field by field in tests
  readonly body: any;
}

/** The whole API in one process: memory behind it, the front door before it. */
export class World {
  readonly faults: unknown[] = [];
  readonly api: Api;
  readonly jobs: MemoryJobs;
  /** Replication whose target account outlives the records. */
  readonly replication = memoryReplication();

  private constructor(
    readonly records: Records,
    readonly issuer: Issuer,
    readonly ownerToken: string,
    catalog?: Pick<TargetCatalog, 'sizes'>,
  ) {
    this.jobs = new MemoryJobs({
      controlJob: (input) => runControlJob({ records, clock: systemClock }, ControlJob.parse(input)),
    });
    this.api = wireApi({
      records,
      clock: systemClock,
      ids: { uuid: () => randomUUID() },
      log: {
        info: () => undefined,
        warn: (...what) => this.faults.push(what),
        error: (...what) => this.faults.push(what),
      },
      verify: tokenVerifier({ ...issuer.names, keys: issuer.keys, clock: systemClock }),
      rebuildReplicas: (afterId) =>
        rebuildSome({ ...this.replication.ports, records }, { afterId, limit: 2 }),
      targetCatalog: () => catalog,
      retryAfterInSeconds: 0,
      faces: [],
    });
  }

  static async open(
    records: Records = new MemoryRecords(),
    catalog?: Pick<TargetCatalog, 'sizes'>,
  ): Promise<World> {
    const issuer = await testIssuer();
    const world = new World(records, issuer, await issuer.token({ roles: ['Owner'] }), catalog);
    await world.ask('PUT', vault, {
      body: { location: 'westeurope', sku: { name: 'Standard' }, properties: {} },
    });
    return world;
  }

  /** One request through the front door. */
  async ask(method: string, path: string, ask: Ask = {}): Promise<Reply> {
    const answer = await this.api(this.request(method, path, ask), this.jobs);
    return { status: answer.status, headers: answer.headers ?? {}, body: bodyOf(answer) };
  }

  /** A request that starts a job which runs by itself, and the job's end. */
  async finish(method: string, path: string, body?: unknown): Promise<Reply> {
    const accepted = await this.ask(method, path, { body });
    if (accepted.status !== 202) return accepted;
    await this.jobs.idle();
    return this.ask('GET', new URL(accepted.headers['Azure-AsyncOperation'] ?? '').pathname);
  }

  request(method: string, path: string, { body, raw, headers = {}, authorization, query }: Ask): ApiRequest {
    const text = raw ?? (body === undefined ? '' : JSON.stringify(body));
    const bearer = authorization === undefined ? `Bearer ${this.ownerToken}` : authorization;
    const all = new Headers({ host: 'lifeboat.example', ...headers });
    if (bearer !== null) all.set('authorization', bearer);
    const encoded = path
      .split('/')
      .map((part) => (part.includes('%') ? part : encodeURIComponent(part)))
      .join('/');
    return {
      method,
      url: `https://lifeboat.example${encoded}?${query ?? 'api-version=2023-06-01'}`,
      headers: all,
      text: () => Promise.resolve(text),
    };
  }
}

function bodyOf(answer: ApiAnswer): unknown {
  if (answer.jsonBody !== undefined) return JSON.parse(JSON.stringify(answer.jsonBody)) as unknown;
  return answer.body;
}
