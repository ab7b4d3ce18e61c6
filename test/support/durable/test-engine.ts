import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type DurableClient as SdkClient } from 'durable-functions';
import { DurableClient } from 'durable-functions/lib/src/durableClient/DurableClient';
import { type DurableEngine, type DurableEngineOptions, openDurableEngine } from '../../../local/durable';
import { type DurableApp, invokeThroughSdk } from './sdk';
import { ManualClock } from './manual-clock';

export interface Status {
  readonly runtimeStatus: string;
  readonly output: unknown;
  readonly customStatus: unknown;
  readonly input: unknown;
  readonly name: string;
  readonly instanceId: string;
  readonly createdTime: string;
  readonly lastUpdatedTime: string;
  readonly historyEvents?: readonly Record<string, unknown>[];
}

// No process is killed here, so nothing hangs on a disk that syncs; memory is ten times as fast where disks are busy.
const base = existsSync('/dev/shm') ? '/dev/shm' : tmpdir();

type Overrides = Partial<Omit<DurableEngineOptions, 'clock'>>;

const finished = ['Completed', 'Failed', 'Terminated'];
const origin = {
  publicBase: 'http://127.0.0.1:1/durabletask',
  rpcBase: 'http://127.0.0.1:1/rpc/',
  systemKey: 'k',
};

/** An engine on a folder of its own that can be killed and opened again, with an app in the real SDK. */
export class TestEngine {
  readonly clock = new ManualClock();
  readonly logged: string[] = [];
  readonly invocations: { kind: string; name: string }[] = [];
  engine!: DurableEngine;
  readonly #folder = mkdtempSync(join(base, 'durable-'));
  readonly #app: DurableApp;
  readonly #overrides: Overrides;
  #server: Server | undefined;

  constructor(app: DurableApp, overrides: Overrides = {}) {
    this.#app = app;
    this.#overrides = overrides;
  }

  static async start(app: DurableApp, overrides: Overrides = {}): Promise<TestEngine> {
    const test = new TestEngine(app, overrides);
    await test.open();
    test.engine.start();
    return test;
  }

  async open(overrides: Overrides = {}, app = this.#app): Promise<void> {
    this.engine = await openDurableEngine({
      dataFolder: this.#folder,
      hubName: 'test',
      clock: this.clock,
      functions: {
        orchestrators: Object.keys(app.orchestrators ?? {}),
        activities: Object.keys(app.activities ?? {}),
        entities: Object.keys(app.entities ?? {}),
      },
      invoke: (kind, name, data) => {
        this.invocations.push({ kind, name });
        return invokeThroughSdk(app, { kind, name, data });
      },
      log: (level, message) => void this.logged.push(`${level}: ${message}`),
      ...this.#overrides,
      ...overrides,
    });
  }

  async restart(overrides: Overrides = {}, app = this.#app): Promise<void> {
    await this.engine.close();
    await this.open(overrides, app);
    this.engine.start();
  }

  async stop(): Promise<void> {
    await new Promise((resolve) => (this.#server === undefined ? resolve(0) : this.#server.close(resolve)));
    await this.engine.close();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  /** One management request; the body, if any, is sent as JSON. */
  async request(
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<{ status: number; headers: Record<string, string>; body: unknown }> {
    const bytes = body === undefined ? new Uint8Array() : Buffer.from(JSON.stringify(body));
    const response = await this.engine.handle({ method, path, headers, body: bytes, origin });
    const isJson = response.headers['content-type']?.startsWith('application/json') === true;
    return { ...response, body: isJson ? JSON.parse(response.body) : response.body };
  }

  async begin(name: string, input?: unknown, id?: string): Promise<string> {
    const path =
      id === undefined ? `orchestrators/${name}` : `orchestrators/${name}/${encodeURIComponent(id)}`;
    const { status, body } = await this.request('POST', path, input);
    if (status !== 202) throw new Error(`start of ${name} answered ${status}: ${JSON.stringify(body)}`);
    return (body as { id: string }).id;
  }

  async raise(id: string, event: string, data?: unknown): Promise<number> {
    return (await this.request('POST', `instances/${id}/raiseEvent/${event}`, data)).status;
  }

  async status(id: string): Promise<Status> {
    return (
      await this.request('GET', `instances/${encodeURIComponent(id)}?showHistory=true&showHistoryOutput=true`)
    ).body as Status;
  }

  /** Begins an orchestration and waits for its end. */
  async run(name: string, input?: unknown, id?: string): Promise<Status> {
    return this.ended(await this.begin(name, input, id));
  }

  async ended(id: string): Promise<Status> {
    return this.until(id, ({ runtimeStatus }) => finished.includes(runtimeStatus));
  }

  async until(id: string, isIt: (status: Status) => boolean): Promise<Status> {
    let status = await this.status(id);
    await eventually(
      async () => isIt((status = await this.status(id))),
      () => JSON.stringify(status),
    );
    return status;
  }

  /** The real client of the SDK, over HTTP. */
  async client(): Promise<SdkClient> {
    this.#server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        void this.engine
          .handle({
            method: request.method ?? 'GET',
            path: (request.url ?? '').replace(/^\/rpc\//, ''),
            headers: request.headers as Record<string, string>,
            body: Buffer.concat(chunks),
            origin,
          })
          .then((answer) => response.writeHead(answer.status, answer.headers).end(answer.body));
      });
    });
    await new Promise<void>((resolve) => this.#server?.listen(0, '127.0.0.1', resolve));
    const { port } = this.#server.address() as AddressInfo;
    const base = `http://127.0.0.1:${port}`;
    const binding = this.engine.clientBinding({ ...origin, publicBase: base, rpcBase: `${base}/rpc/` });
    return new DurableClient(JSON.parse(binding), 'client');
  }
}

/** Polls until it is so, for at most 10 s. */
export async function eventually(
  isIt: () => Promise<boolean> | boolean,
  describe = () => 'never',
): Promise<void> {
  const limit = Date.now() + 10_000;
  while (!(await isIt())) {
    if (Date.now() > limit) throw new Error(`waited in vain: ${describe()}`);
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}

/** Lets everything that can happen without the clock happen. */
export async function settled(test: TestEngine): Promise<void> {
  let seen = -1;
  while (seen !== test.invocations.length) {
    seen = test.invocations.length;
    for (let turn = 0; turn < 30; turn++) await new Promise((resolve) => setImmediate(resolve));
  }
}
