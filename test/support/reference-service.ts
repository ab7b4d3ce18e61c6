import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type {
  DesiredMarkers,
  DesiredReplica,
  DesiredState,
  DesiredTask,
} from '../../shared/contracts/agent/desired';
import { RegisterAgent, RotateKey } from '../../shared/contracts/agent/identity';
import { parseLogBlobName } from '../../shared/model/log-name';
import { StatusReport, type TaskResult } from '../../shared/contracts/agent/report';
import { EpochRequest, GrantRequest, RingDoorbells } from '../../shared/contracts/agent/transfer';
import { isRefusal, LifeboatError } from '../../shared/errors';
import { answerDoorbell } from '../../shared/service/answer-doorbell';
import { createReplicas } from '../../shared/service/create-replicas';
import type { Replicas } from '../../shared/service/replicas';
import { type ReplicationPorts, usualMeasures } from '../../shared/service/replication-ports';
import { systemClock } from '../../shared/system/system-clock';
import { systemIds } from '../../shared/system/system-ids';
import { checkAgentSignature } from './check-agent-signature';
import { MemoryLogCache } from './memory/memory-log-cache';
import { MemoryReplicaDisks } from './memory/memory-replica-disks';
import { MemoryTarget } from './memory/memory-target';
import { MemoryTargetDocuments } from './memory/memory-target-documents';
import { MemoryRecords } from './memory-records';
import { readContent } from './read-content';
import { wholeOf } from './whole-request';

export interface Answer {
  readonly status: number;
  readonly body?: object | Buffer;
  readonly headers?: Readonly<Record<string, string>>;
}

const policy = {
  retention: [{ untilAgeInMs: 86_400_000, everyInMs: 0 }],
  journal: false,
  journalWindowInMs: 3_600_000,
  anchorIntervalInMs: 3_600_000,
  rpoThresholdInMs: 900_000,
  cacheQuotaBytes: 2 ** 32,
};

/**
 * The agent face over the production replication services, in memory and in this process: what an agent needs of a
 * service, with faults that a test may switch on. Signatures are checked as the service checks them.
 */
export class ReferenceService {
  readonly replicas: Replicas;
  readonly ports: ReplicationPorts;
  readonly cache = new MemoryLogCache();
  readonly requests: string[] = [];
  readonly uploads: Buffer[] = [];
  readonly taskResults: TaskResult[] = [];
  /** While this says so, requests of the path are cut off unanswered. */
  isUnreachable: (path: string) => boolean = () => false;
  readonly #server: Server;
  /** Whom a member list cuts with, when it is a group of several agents. */
  group: DesiredMarkers['group'];
  /** Where the group's members call, if not where its coordinator listens. */
  memberPort: number | undefined;
  uploadLimit: number | undefined;
  #processServer: DesiredState['processServer'];
  /** What is answered instead, for a path that this knows. */
  nonsense: (path: string) => Answer | undefined = () => undefined;
  readonly #agents = new Map<string, { readonly publicKey: string; readonly hostId: string }>();
  readonly #wishes = new Map<string, DesiredReplica>();
  #markers: DesiredMarkers[] = [];
  #tasks: DesiredTask[] = [];
  #version = 1;
  #onChange = new Set<() => void>();

  private constructor() {
    const target = new MemoryTarget();
    this.ports = {
      disks: new MemoryReplicaDisks(target),
      cache: this.cache,
      documents: new MemoryTargetDocuments(target),
      barrier: { pass: () => Promise.resolve() },
      doorbells: { ring: () => Promise.resolve() },
      records: new MemoryRecords(),
      events: { publish: () => Promise.resolve() },
      clock: systemClock,
      ids: systemIds,
      measures: usualMeasures,
    };
    this.replicas = createReplicas(this.ports);
    this.#server = createServer((request, response) => void this.#answer(request, response));
  }

  static async start(): Promise<ReferenceService> {
    const service = new ReferenceService();
    await new Promise<void>((resolve) => service.#server.listen(0, '127.0.0.1', resolve));
    return service;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    for (const tell of this.#onChange) tell();
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  /** Wants a disk to be copied from scratch; the replica is made. */
  async protect(machineId: string, diskId: string, sizeBytes: number): Promise<string> {
    const replicaId = randomUUID();
    await this.replicas.create({ replicaId, sizeBytes, ownerId: machineId, policy });
    await this.want(replicaId, machineId, diskId, 'copy');
    return replicaId;
  }

  /** A point as a replica of its own, and one disk of the task that brings a machine's disks to it. */
  async opened(replicaId: string, pointId: string, diskId: string) {
    const copyId = randomUUID();
    const moment = { kind: 'point', pointId } as const;
    await this.replicas.materialise({ moment, replicaId, toReplicaId: copyId, job: 'test' });
    const request = { replicaId: copyId, kind: 'rebase', reason: 'failback', job: 'test' } as const;
    const { epoch } = await this.replicas.startEpoch(request);
    const { sizeBytes } = await this.ports.disks.open(copyId).state();
    return { diskId, replicaId: copyId, epoch, sizeBytes, url: `${this.url}/content/${copyId}` };
  }

  /** Starts an epoch of this mode and wants it. */
  async want(replicaId: string, machineId: string, diskId: string, mode: 'copy' | 'resync'): Promise<void> {
    const started = await this.replicas.startEpoch({
      replicaId,
      kind: 'rebase',
      reason: mode,
      job: randomUUID(),
    });
    const { epoch, chainHead } = started;
    this.#wishes.set(replicaId, { replicaId, machineId, diskId, mode, epoch, chainHead, mayCopy: true });
    this.#changed();
  }

  stopReplica(replicaId: string, mode: 'stop' | 'readOnly'): void {
    const wish = this.#wishes.get(replicaId);
    if (wish !== undefined) this.#wishes.set(replicaId, { ...wish, mode });
    this.#changed();
  }

  cutMarkers(members: readonly string[], crashIntervalInMs: number): void {
    const group = this.group === undefined ? {} : { group: this.group };
    this.#markers = [{ members: members.toSorted(), crashIntervalInMs, cutNow: 0, ...group }];
    this.#changed();
  }

  /** The agents that have registered, as the members of a group know each other. */
  get members(): NonNullable<DesiredMarkers['group']>['members'] {
    return [...this.#agents].map(([agentId, { publicKey }]) => ({ agentId, publicKey }));
  }

  sendThrough(processServer: NonNullable<DesiredState['processServer']>): void {
    this.#processServer = processServer;
    this.#changed();
  }

  cutNow(): void {
    this.#markers = this.#markers.map((markers) => ({ ...markers, cutNow: markers.cutNow + 1 }));
    this.#changed();
  }

  ask(task: DesiredTask): void {
    this.#tasks.push(task);
    this.#changed();
  }

  #changed(): void {
    this.#version++;
    for (const tell of this.#onChange) tell();
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = request.url ?? '';
    const asked = this.isUnreachable(path) ? undefined : await wholeOf(request);
    if (asked === undefined) return void request.socket.destroy();
    this.requests.push(`${request.method} ${path}`);
    const answer = await this.#route(request, path, asked).catch(refusalAnswer);
    const body = Buffer.isBuffer(answer.body)
      ? answer.body
      : Buffer.from(answer.body === undefined ? '' : JSON.stringify(answer.body));
    response
      .writeHead(answer.status, { 'x-lifeboat-service-time': String(Date.now()), ...answer.headers })
      .end(body);
  }

  async #route(request: IncomingMessage, path: string, body: Buffer): Promise<Answer> {
    const nonsense = this.nonsense(path);
    if (nonsense !== undefined) return nonsense;
    if (request.method === 'PUT') return this.#upload(path, body);
    if (path.startsWith('/content/'))
      return readContent(this.ports.disks, path, String(request.headers['x-ms-range']));
    const [route = '', query = ''] = path.replace('/agents/v1/', '').split('?');
    const parameters = new URLSearchParams(query);
    if (route === 'register') return this.#register(body);
    const caller = this.#agents.get(String(request.headers['x-lifeboat-agent']));
    checkAgentSignature({ request, path, body, publicKey: caller?.publicKey });
    const replicaId = /^replicas\/([^/]+)\//.exec(route)?.[1] ?? '';
    if (route === 'desired') return this.#desired(request, Number(parameters.get('waitInMs')));
    if (route === 'status') return this.#status(StatusReport.parse(parsed(body)));
    if (route === 'doorbell') return this.#ring(RingDoorbells.parse(parsed(body)).replicaIds);
    if (route === 'grants') return this.#grant(GrantRequest.parse(parsed(body)));
    if (route === 'rotate-key') return this.#rotateKey(request, body);
    if (route.endsWith('/epochs')) return this.#newEpoch(replicaId, EpochRequest.parse(parsed(body)));
    if (route.endsWith('/digests')) return this.#digests(replicaId, parameters);
    return { status: 404, body: { error: { code: 'NotFound', message: 'no such call' } } };
  }

  #register(body: Buffer): Answer {
    const { publicKey, hostId } = RegisterAgent.parse(parsed(body));
    const agentId = randomUUID();
    this.#agents.set(agentId, { publicKey, hostId });
    const registration = { agentId, vaultId: 'vault', fabricName: 'fabric', serviceTimeInMs: Date.now() };
    return { status: 201, body: registration };
  }

  #rotateKey(request: IncomingMessage, body: Buffer): Answer {
    const agentId = String(request.headers['x-lifeboat-agent']);
    const agent = this.#agents.get(agentId);
    if (agent !== undefined)
      this.#agents.set(agentId, { ...agent, publicKey: RotateKey.parse(parsed(body)).publicKey });
    return { status: 204 };
  }

  async #desired(request: IncomingMessage, waitInMs: number): Promise<Answer> {
    const etag = (): string => `"${this.#version}"`;
    if (request.headers['if-none-match'] === etag() && waitInMs > 0) await this.#change(request, waitInMs);
    if (request.headers['if-none-match'] === etag()) return { status: 304 };
    const hostId = this.#agents.get(String(request.headers['x-lifeboat-agent']))?.hostId;
    const state: DesiredState = {
      serviceTimeInMs: Date.now(),
      statusIntervalInMs: 200,
      replicas: [...this.#wishes.values()].filter(({ machineId }) => machineId === hostId),
      markers: this.#markers.map((markers) => this.#asTold(markers, request)),
      tasks: this.#tasks,
      ...(this.uploadLimit === undefined ? {} : { uploadLimit: this.uploadLimit }),
      ...(this.#processServer === undefined ? {} : { processServer: this.#processServer }),
    };
    return { status: 200, body: state, headers: { etag: etag() } };
  }

  #asTold(markers: DesiredMarkers, request: IncomingMessage): DesiredMarkers {
    const { group } = markers;
    const isMember = group?.members[0]?.agentId !== request.headers['x-lifeboat-agent'];
    if (group === undefined || this.memberPort === undefined || !isMember) return markers;
    return { ...markers, group: { ...group, port: this.memberPort } };
  }

  #change(request: IncomingMessage, waitInMs: number): Promise<void> {
    return new Promise((resolve) => {
      const done = (): void => {
        clearTimeout(timer);
        this.#onChange.delete(done);
        resolve();
      };
      const timer = setTimeout(done, waitInMs);
      this.#onChange.add(done);
      request.socket.once('close', done);
    });
  }

  async #status(report: StatusReport): Promise<Answer> {
    for (const result of report.taskResults) {
      if (this.#tasks.some((task) => task.taskId === result.taskId)) this.taskResults.push(result);
      this.#tasks = this.#tasks.filter((task) => task.taskId !== result.taskId);
    }
    const none = { epoch: 0, sequence: 0 };
    const replicas = await Promise.all(
      report.replicas.map(async (each) => {
        const status = await this.replicas.report(each);
        return {
          ...status,
          replicaId: each.replicaId,
          durable: status.durable ?? none,
          applied: status.applied ?? none,
        };
      }),
    );
    return { status: 200, body: { serviceTimeInMs: Date.now(), replicas } };
  }

  async #ring(replicaIds: readonly string[]): Promise<Answer> {
    for (const replicaId of replicaIds) await answerDoorbell(this.ports, replicaId);
    return { status: 202 };
  }

  async #grant({ replicaId, epoch }: GrantRequest): Promise<Answer> {
    await this.replicas.admitUpload(replicaId, epoch);
    return {
      status: 200,
      body: {
        url: `${this.url}/cache/${replicaId}/${epoch}?sig=canary`,
        expiresAtInMs: Date.now() + 3_600_000,
      },
    };
  }

  async #upload(path: string, bytes: Buffer): Promise<Answer> {
    const [, replicaId = '', epoch = '', name = ''] = /^\/cache\/([^/]+)\/(\d+)\/([^?]+)\?/.exec(path) ?? [];
    const log = parseLogBlobName(name);
    if (log === undefined) return { status: 400 };
    this.uploads.push(bytes);
    try {
      await this.cache.put({ replicaId, epoch: Number(epoch), ...log }, bytes);
      return { status: 201 };
    } catch (error) {
      if (isRefusal(error)) return { status: error.status };
      throw error;
    }
  }

  async #newEpoch(replicaId: string, { epoch, kind, reason }: EpochRequest): Promise<Answer> {
    const wish = this.#wishes.get(replicaId);
    if (wish === undefined || wish.epoch !== epoch) return { status: 202 };
    const started = await this.replicas.startEpoch({ replicaId, kind, reason, job: `agent-${epoch}` });
    const { chainHead } = started;
    this.#wishes.set(replicaId, { ...wish, mode: 'resync', epoch: started.epoch, chainHead });
    this.#changed();
    return { status: 202 };
  }

  async #digests(replicaId: string, parameters: URLSearchParams): Promise<Answer> {
    const segment = await this.replicas.digests(
      replicaId,
      Number(parameters.get('epoch')),
      Number(parameters.get('segment')),
    );
    const headers = { 'x-lifeboat-segment-count': String(segment.segmentCount) };
    return { status: 200, body: Buffer.from(segment.bytes), headers };
  }
}

function parsed(body: Buffer): unknown {
  return JSON.parse(body.toString('utf8'));
}

function refusalAnswer(error: unknown): Answer {
  const refusal = isRefusal(error) ? error : new LifeboatError('InternalError', String(error));
  return { status: refusal.status, body: { error: { code: refusal.code, message: refusal.message } } };
}
