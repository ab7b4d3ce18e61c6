import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ContainerSASPermissions, type BlobServiceClient } from '@azure/storage-blob';
import { BlobTargetDocuments } from '../../shared/azure/blob-target-documents';
import { PageBlobReplicaDisks } from '../../shared/azure/page-blob-replica-disks';
import type { DesiredReplica, DesiredState } from '../../shared/contracts/agent/desired';
import { type ReplicaReport, StatusReport } from '../../shared/contracts/agent/report';
import { EpochRequest, GrantRequest, RingDoorbells } from '../../shared/contracts/agent/transfer';
import { ReplicaPolicy } from '../../shared/contracts/replication/replica-policy';
import { FileRecords } from '../../shared/files/file-records';
import { logContainerName } from '../../shared/model/log-name';
import { answerDoorbell } from '../../shared/service/answer-doorbell';
import { createReplicas } from '../../shared/service/create-replicas';
import type { Replicas } from '../../shared/service/replicas';
import { usualMeasures, type ReplicationPorts } from '../../shared/service/replication-ports';
import { systemClock } from '../../shared/system/system-clock';
import { systemIds } from '../../shared/system/system-ids';
import type { Accounts } from '../ingest/replica';
import { CountedLogCache } from './counted-log-cache';

const policy = ReplicaPolicy.parse({ retention: [{ untilAgeInMs: 86_400_000, everyInMs: 0 }] });

interface Answer {
  readonly status: number;
  readonly body?: object;
  readonly etag?: string;
}

/** The agent face over the replication services of production and two Azurites: what one agent needs, and no more. */
export class BenchService {
  readonly replicas: Replicas;
  readonly #ports: ReplicationPorts & { readonly cache: CountedLogCache };
  readonly #server: Server;
  readonly #waiting = new Set<() => void>();
  #wish: DesiredReplica | undefined;
  #crashIntervalInMs = 1_000_000;
  #cutNow = 0;
  #version = 1;
  #rounds: Promise<unknown> = Promise.resolve();
  #rung = false;
  #bellAtMs = 0;
  #reported = { uploaded: 0, sealed: 0, atMs: 0 };
  #arrivedAtMs = 0;
  /** The agent had to ask for a new epoch. */
  resyncs = 0;
  /** Where the agent reaches the cache, if not where it is. */
  uplinkPort: number | undefined;

  private constructor(
    private readonly cache: BlobServiceClient,
    ports: ReplicationPorts & { readonly cache: CountedLogCache },
  ) {
    this.#ports = ports;
    this.replicas = createReplicas(ports);
    this.#server = createServer((request, response) => {
      void this.#answer(request)
        .catch((error: unknown) => ({
          status: 500,
          body: { error: { code: 'InternalError', message: String(error) } },
        }))
        .then(({ status, body, etag }: Answer) => {
          response.setHeader('x-lifeboat-service-time', String(Date.now()));
          if (etag !== undefined) response.setHeader('etag', etag);
          response.writeHead(status).end(body === undefined ? '' : JSON.stringify(body));
        });
    });
  }

  static async start({ cache, target }: Accounts, folder: string): Promise<BenchService> {
    const service = new BenchService(cache, {
      ...{ disks: new PageBlobReplicaDisks(target, systemClock), cache: new CountedLogCache(cache) },
      ...{ documents: new BlobTargetDocuments(target), records: await FileRecords.open(folder, systemIds) },
      ...{ barrier: { pass: async () => undefined }, doorbells: { ring: async () => undefined } },
      ...{ events: { publish: async () => undefined }, clock: systemClock, ids: systemIds },
      measures: usualMeasures,
    });
    await new Promise<void>((resolve) => service.#server.listen(0, '127.0.0.1', resolve));
    return service;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async protect(sizeBytes: number): Promise<string> {
    const replicaId = randomUUID();
    await this.replicas.create({ replicaId, sizeBytes, ownerId: 'bench', policy });
    await this.#begin(replicaId, 'copy');
    return replicaId;
  }

  /** Has markers cut this often, and one at once. */
  cutEvery(crashIntervalInMs: number): void {
    this.#crashIntervalInMs = crashIntervalInMs;
    this.#cutNow += 1;
    this.#changed();
  }

  /** When the newest whole point was cut, by the clock that all of us share; 0 while there is none. */
  async newestPointInMs(replicaId: string): Promise<number> {
    const points = await this.replicas.points(replicaId, 4);
    return Math.max(
      0,
      ...points.filter(({ state }) => state === 'listed').map(({ cutTimeInMs }) => cutTimeInMs),
    );
  }

  /** When the newest log of the agent was in the cache, once the agent has said that all are. */
  async arrivedAtMs(): Promise<number> {
    const asked = performance.now();
    const isTold = (): boolean =>
      this.#reported.atMs > asked && this.#reported.uploaded === this.#reported.sealed;
    for (let tries = 0; tries < 1000 && !isTold(); tries += 1) await pause(20);
    return this.#arrivedAtMs;
  }

  /** What has arrived in the cache, whether or not it was freed since. */
  sentBytes(replicaId: string): number {
    return this.#ports.cache.arrivedBytes(replicaId);
  }

  read(replicaId: string, offsetBytes: number, lengthBytes: number): Promise<Uint8Array> {
    return this.#ports.disks
      .open(replicaId)
      .read({ offsetBytes, lengthBytes })
      .then(({ data }) => data);
  }

  async stop(): Promise<void> {
    this.#changed();
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
    await this.#rounds;
  }

  async #begin(replicaId: string, mode: 'copy' | 'resync'): Promise<void> {
    const started = await this.replicas.startEpoch({
      replicaId,
      kind: 'rebase',
      reason: mode,
      job: randomUUID(),
    });
    const { epoch, chainHead } = started;
    this.#wish = { replicaId, machineId: 'bench', diskId: 'disk', mode, epoch, chainHead, mayCopy: true };
    this.#changed();
  }

  #changed(): void {
    this.#version += 1;
    for (const tell of this.#waiting) tell();
  }

  async #answer(request: IncomingMessage): Promise<Answer> {
    const chunks: Buffer[] = [];
    for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
    const text = Buffer.concat(chunks).toString();
    const body: unknown = text === '' ? {} : JSON.parse(text);
    const [route = '', query = ''] = (request.url ?? '').replace('/agents/v1/', '').split('?');
    switch (route) {
      case 'register':
        return { status: 201, body: registration() };
      case 'desired':
        return this.#desired(request, Number(new URLSearchParams(query).get('waitInMs')));
      case 'status':
        return this.#status(StatusReport.parse(body));
      case 'grants':
        return this.#grant(GrantRequest.parse(body));
      case 'doorbell':
        return this.#ring(RingDoorbells.parse(body));
      default:
        return this.#newEpoch(route, body);
    }
  }

  async #desired(request: IncomingMessage, waitInMs: number): Promise<Answer> {
    const isKnown = (): boolean => request.headers['if-none-match'] === `"${this.#version}"`;
    if (isKnown() && waitInMs > 0) await this.#change(waitInMs);
    if (isKnown()) return { status: 304 };
    const wish = this.#wish;
    const state: DesiredState = {
      ...{ serviceTimeInMs: Date.now(), statusIntervalInMs: 500, tasks: [] },
      replicas: wish === undefined ? [] : [wish],
      markers:
        wish === undefined
          ? []
          : [{ members: [wish.replicaId], crashIntervalInMs: this.#crashIntervalInMs, cutNow: this.#cutNow }],
    };
    return { status: 200, body: state, etag: `"${this.#version}"` };
  }

  #change(waitInMs: number): Promise<void> {
    return new Promise((resolve) => {
      const done = (): void => {
        clearTimeout(timer);
        this.#waiting.delete(done);
        resolve();
      };
      const timer = setTimeout(done, waitInMs);
      this.#waiting.add(done);
    });
  }

  async #status({ replicas }: StatusReport): Promise<Answer> {
    const none = { epoch: 0, sequence: 0 };
    const told = await Promise.all(
      replicas.map(async (report) => {
        this.#noteUploads(report);
        const { durable = none, applied = none, wants, cacheFull } = await this.replicas.report(report);
        return { replicaId: report.replicaId, durable, applied, wants, cacheFull };
      }),
    );
    return { status: 200, body: { serviceTimeInMs: Date.now(), replicas: told } };
  }

  /** The agent rings right after an upload; only what it reports says whether that was the bell of one. */
  #noteUploads({ uploaded, sealed }: ReplicaReport): void {
    const { uploaded: before, atMs } = this.#reported;
    this.#reported = { uploaded, sealed, atMs: performance.now() };
    if (uploaded !== before) this.#arrivedAtMs = this.#bellAtMs > atMs ? this.#bellAtMs : this.#reported.atMs;
  }

  async #grant({ replicaId, epoch }: GrantRequest): Promise<Answer> {
    await this.replicas.admitUpload(replicaId, epoch);
    const container = this.cache.getContainerClient(logContainerName(replicaId, epoch));
    // Azurite lets an account key's grant create; the grants of production are signed with a delegated one, over HTTPS.
    const permissions = ContainerSASPermissions.from({ create: true });
    const expiresAtInMs = Date.now() + 3_600_000;
    const url = new URL(await container.generateSasUrl({ permissions, expiresOn: new Date(expiresAtInMs) }));
    if (this.uplinkPort !== undefined) url.port = String(this.uplinkPort);
    return { status: 200, body: { url: url.href, expiresAtInMs } };
  }

  /** One worker for the disk, as a session of the queue has one; a bell during its round is one more round. */
  #ring({ replicaIds: [replicaId = ''] }: RingDoorbells): Answer {
    this.#bellAtMs = performance.now();
    if (this.#rung) return { status: 202 };
    this.#rung = true;
    this.#rounds = this.#rounds.then(() => {
      this.#rung = false;
      return answerDoorbell(this.#ports, replicaId);
    });
    return { status: 202 };
  }

  async #newEpoch(route: string, body: unknown): Promise<Answer> {
    const [, replicaId = ''] = /^replicas\/([^/]+)\/epochs$/.exec(route) ?? [];
    const { epoch } = EpochRequest.parse(body);
    if (this.#wish?.replicaId !== replicaId || this.#wish.epoch !== epoch) return { status: 202 };
    this.resyncs += 1;
    await this.#begin(replicaId, 'resync');
    return { status: 202 };
  }
}

function registration(): object {
  return { agentId: randomUUID(), vaultId: 'bench', fabricName: 'bench', serviceTimeInMs: Date.now() };
}
