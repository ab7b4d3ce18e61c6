import { randomUUID } from 'node:crypto';
import { AgentKey, textToSign } from '../../../agent/service/agent-key';
import { DesiredState, type DesiredReplica } from '../../../shared/contracts/agent/desired';
import type { GroupEndpoint, ReplicaReport } from '../../../shared/contracts/agent/report';
import { encodeChangeLog } from '../../../shared/formats/change-log/encode-change-log';
import type { Marker } from '../../../shared/model/change-log';
import type { AgentAnswer } from '../../../shared/agents/exchange';
import type { LogCache } from '../../../shared/ports/log-cache';

/** How the agent reaches the service. */
export interface PaperLine {
  now(): number;
  send(request: {
    method: string;
    url: string;
    headers: Headers;
    text(): Promise<string>;
  }): Promise<AgentAnswer>;
  readonly cache: LogCache;
  ring(replicaId: string): Promise<void>;
}

interface Stream {
  epoch: number;
  sequence: number;
  digest: string;
  isCopied: boolean;
}

/** An agent without a machine: its disks are buffers, its rounds are called, its requests are signed like any agent's. */
export class PaperAgent {
  readonly key = new AgentKey(AgentKey.create());
  agentId = '';
  wish: DesiredState | undefined;
  isSilent = false;
  /** What it claims to keep in its spool, by disk. */
  readonly spooledBytes = new Map<string, number>();
  /** Where it says that others of its group reach it. */
  groupEndpoint: GroupEndpoint | undefined;
  readonly streams = new Map<string, Stream>();
  /** Which disks were being copied at each round. */
  readonly copying: string[][] = [];

  constructor(
    private readonly line: PaperLine,
    readonly machineId: string,
    readonly disks: Map<string, Buffer>,
  ) {}

  async register(token: string): Promise<AgentAnswer> {
    const answer = await this.call('POST', 'register', {
      ...{
        token,
        publicKey: this.key.publicKey,
        name: `host-of-${this.machineId.split('/').at(-1) ?? ''}`,
        version: '1.0',
      },
      ...{ roles: ['mobility'], hostId: this.machineId },
    });
    this.agentId = (answer.jsonBody as { agentId?: string }).agentId ?? '';
    return answer;
  }

  /** One request, signed as the protocol has it. What a test wants to be wrong, it says. */
  async call(
    method: 'GET' | 'POST',
    path: string,
    body?: object,
    wrong: {
      readonly timeInMs?: number;
      readonly nonce?: string;
      readonly signature?: string;
      readonly agentId?: string;
    } = {},
  ): Promise<AgentAnswer> {
    const url = `https://lifeboat.example/agents/v1/${path}`;
    const text = body === undefined ? '' : JSON.stringify(body);
    const timeInMs = wrong.timeInMs ?? this.line.now();
    const nonce = wrong.nonce ?? randomUUID();
    const { pathname, search } = new URL(url);
    const signed = textToSign({
      method,
      pathWithQuery: pathname + search,
      timeInMs,
      nonce,
      body: Buffer.from(text),
    });
    const headers = new Headers({
      'x-lifeboat-agent': wrong.agentId ?? this.agentId,
      'x-lifeboat-time': String(timeInMs),
      'x-lifeboat-nonce': nonce,
      'x-lifeboat-signature': wrong.signature ?? this.key.sign(signed),
    });
    return this.line.send({ method, url, headers, text: () => Promise.resolve(text) });
  }

  /** Reads what is wanted, makes it so, reports, and reports again what came of it. */
  async round(): Promise<void> {
    if (this.isSilent) return;
    await this.report();
    const answer = await this.call('GET', 'desired?waitInMs=0');
    this.wish = DesiredState.parse(answer.jsonBody);
    await this.copy(this.wish.replicas);
    await this.report();
  }

  async copy(wanted: readonly DesiredReplica[]): Promise<void> {
    const copied: string[] = [];
    for (const wish of wanted) {
      const stream = this.#follow(wish);
      if (stream === undefined || stream.isCopied || !wish.mayCopy) continue;
      copied.push(wish.diskId);
      await this.#seal(wish.replicaId, wish.diskId, this.disks.get(wish.diskId) ?? Buffer.alloc(0));
      stream.isCopied = true;
    }
    this.copying.push(copied);
  }

  /** Cuts a marker over every member list whose disks are all copied; one that it shares with other agents, where that is named. */
  async cut(kind: Marker['kind'] = 'crash', sharedId?: string): Promise<void> {
    for (const { members } of this.wish?.markers ?? []) {
      const own = sharedId === undefined ? members : members.filter((member) => this.streams.has(member));
      if (this.isSilent || !own.every((member) => this.streams.get(member)?.isCopied === true)) continue;
      const seenServiceTimeInMs = this.line.now();
      const marker: Marker = {
        id: sharedId ?? randomUUID(),
        kind,
        members,
        seenServiceTimeInMs,
        cutTimeInMs: seenServiceTimeInMs,
      };
      for (const replicaId of own) {
        const diskId = this.wish?.replicas.find((each) => each.replicaId === replicaId)?.diskId ?? '';
        await this.#seal(replicaId, diskId, undefined, marker);
      }
    }
  }

  async report(more: Partial<ReplicaReport> = {}): Promise<AgentAnswer> {
    return this.call('POST', 'status', {
      ...{ version: '1.0', roles: ['mobility'], machines: [this.machine()], networks: [], taskResults: [] },
      replicas: (this.wish?.replicas ?? []).map((wish) => ({ ...this.#reportOf(wish), ...more })),
    });
  }

  machine(): object {
    const disks = [...this.disks].map(([diskId, { length }], index) => {
      return { diskId, name: diskId, sizeBytes: length, isBootDisk: index === 0 };
    });
    return {
      ...{ machineId: this.machineId, name: this.machineId, osType: 'Linux', powerState: 'running' },
      ...{ generation: '1', disks, nics: [] },
      ...(this.groupEndpoint === undefined ? {} : { groupEndpoint: this.groupEndpoint }),
    };
  }

  #follow({ replicaId, mode, epoch, chainHead }: DesiredReplica): Stream | undefined {
    if (mode === 'stop' || mode === 'readOnly') {
      this.streams.delete(replicaId);
      return undefined;
    }
    const known = this.streams.get(replicaId);
    if (known?.epoch === epoch) return known;
    const stream = { epoch, sequence: 0, digest: chainHead, isCopied: false };
    this.streams.set(replicaId, stream);
    return stream;
  }

  #reportOf({ replicaId, diskId, epoch, mode }: DesiredReplica): ReplicaReport {
    const stream = this.streams.get(replicaId);
    const sizeBytes = this.disks.get(diskId)?.length ?? 512;
    const isStopped = mode === 'stop' || mode === 'readOnly';
    return {
      ...{
        replicaId,
        epoch,
        // What it has spooled is a log that it has not sent.
        sealed: (stream?.sequence ?? 0) + (this.spooledBytes.has(diskId) ? 1 : 0),
        uploaded: stream?.sequence ?? 0,
        diskSizeBytes: sizeBytes,
      },
      ...{ copiedBytes: stream?.isCopied === true ? sizeBytes : 0, toCopyBytes: sizeBytes, churnBytes: 0 },
      spooledBytes: this.spooledBytes.get(diskId) ?? 0,
      state: isStopped
        ? 'stopped'
        : stream === undefined
          ? 'idle'
          : stream.isCopied
            ? 'replicating'
            : 'copying',
    };
  }

  async #seal(replicaId: string, diskId: string, content?: Buffer, marker?: Marker): Promise<void> {
    const stream = this.streams.get(replicaId);
    if (stream === undefined) return;
    const { epoch } = stream;
    const sequence = stream.sequence + 1;
    const times = {
      firstWriteTimeInMs: this.line.now() + sequence,
      lastWriteTimeInMs: this.line.now() + sequence,
    };
    const header = {
      ...{ replicaId, epoch, sequence, previousDigest: stream.digest, ...times },
      diskSizeBytes: this.disks.get(diskId)?.length ?? 512,
      ...(marker === undefined ? {} : { marker }),
    };
    const extents =
      content === undefined
        ? []
        : [{ kind: 'data' as const, offsetBytes: 0, lengthBytes: content.length, data: content }];
    const { bytes, digest } = await encodeChangeLog(header, extents, { codec: 'none' });
    await this.line.cache.put({ replicaId, epoch, sequence, attempt: 0 }, bytes);
    Object.assign(stream, { sequence, digest });
    await this.line.ring(replicaId);
  }
}
