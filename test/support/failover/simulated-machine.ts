import { randomBytes, randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { DesiredReplica } from '../../../shared/contracts/agent/desired';
import type { TaskResult } from '../../../shared/contracts/agent/report';
import { taskResultOf } from '../../../shared/contracts/protection/events';
import { encodeChangeLog } from '../../../shared/formats/change-log/encode-change-log';
import type { LogHeader, Marker } from '../../../shared/model/change-log';
import type { Extent } from '../../../shared/model/extent';
import type { LogCache } from '../../../shared/ports/log-cache';
import { isRefusal } from '../../../shared/errors';
import type { WishBoard } from '../../../shared/service/agents/wish-board';

const sectorBytes = 512;
const blockBytes = 4096;
const OpenParameters = z.object({ disks: z.array(z.object({ diskId: z.string(), url: z.string() })) });

/** One disk of a machine, with the stream that an agent makes of its writes. */
export class SimulatedDisk {
  stream: { epoch: number; sequence: number; previousDigest: string } | undefined;
  pending: Extent[] = [];

  constructor(
    readonly diskId: string,
    readonly replicaId: string,
    readonly content: Buffer,
  ) {}

  begin({ epoch, chainHead }: DesiredReplica): void {
    this.stream = { epoch, sequence: 0, previousDigest: chainHead };
    // Whether copied or compared: the replica is to hold what the disk holds.
    const data = Buffer.from(this.content);
    this.pending = [{ kind: 'data', offsetBytes: 0, lengthBytes: data.length, data }];
  }

  write(offsetBytes: number, data: Buffer): void {
    data.copy(this.content, offsetBytes);
    const copy = Buffer.from(data);
    if (this.stream !== undefined)
      this.pending.push({ kind: 'data', offsetBytes, lengthBytes: data.length, data: copy });
  }
}

export interface MachineParts {
  readonly board: WishBoard;
  readonly cache: LogCache;
  readonly now: () => number;
  /** As the agent face tells a job. */
  readonly tell: (jobId: string, event: string, data: unknown) => Promise<void>;
  /** What a grant to read leads to. */
  readonly readCopy: (url: string) => Promise<Buffer>;
  /** A machine of a cloud runs as the cloud says. */
  readonly cloudPower?: () => boolean;
}

/** A machine and its agent at the source: does what the board wants, as the real agent does, when it is asked to look. */
export class SimulatedMachine {
  #isOn = true;
  /** Blocks that coming back has written, of how many. */
  broughtOver = { blocks: 0, of: 0 };
  isReadOnly = false;
  /** False: the site is lost. It neither looks at the board nor sends anything. */
  isReachable = true;
  readonly tasksDone: string[] = [];
  /** What each point of time was, by point: the oracle of every test. */
  readonly atPoint = new Map<string, readonly Buffer[]>();
  refuseTask: string | undefined;
  /** False: what the stopped machine wrote last goes out under no marker. */
  marksTheEnd = true;

  constructor(
    readonly agentId: string,
    /** Changes when a new item replaces the one it is protected by. */
    public itemId: string,
    readonly disks: readonly SimulatedDisk[],
    private readonly parts: MachineParts,
  ) {}

  get isRunning(): boolean {
    return this.parts.cloudPower?.() ?? this.#isOn;
  }

  /** A guest writes, if anything of it runs and may. */
  write(diskIndex: number, offsetBytes: number, data: Buffer): boolean {
    if (!this.isRunning || this.isReadOnly) return false;
    this.disks[diskIndex]?.write(offsetBytes, data);
    return true;
  }

  writeSome(count = 3): void {
    for (let each = 0; each < count; each++) {
      const disk = each % this.disks.length;
      const sectors = (this.disks[disk]?.content.length ?? 0) / sectorBytes;
      this.write(disk, Math.floor(Math.random() * sectors) * sectorBytes, randomBytes(sectorBytes));
    }
  }

  /** Cuts a marker over all disks: everything written until now is in the point. */
  async cut(kind: 'crash' | 'app' = 'crash'): Promise<string | undefined> {
    if (!this.isReachable || this.disks.some(({ stream }) => stream === undefined)) return undefined;
    const marker: Marker = {
      ...{ id: randomUUID(), kind, members: this.disks.map(({ replicaId }) => replicaId).toSorted() },
      ...{ seenServiceTimeInMs: this.parts.now(), cutTimeInMs: this.parts.now() },
    };
    this.atPoint.set(
      marker.id,
      this.disks.map(({ content }) => Buffer.from(content)),
    );
    for (const disk of this.disks) await this.#seal(disk, marker);
    return marker.id;
  }

  /** What was written goes out without a marker. */
  async ship(): Promise<void> {
    if (this.isReachable) for (const disk of this.disks) await this.#seal(disk, undefined);
  }

  /** Reads the board and makes it so. */
  async look(): Promise<void> {
    if (!this.isReachable) return;
    const wish = await this.parts.board.read(this.agentId);
    for (const { replicas } of wish.items.filter(({ itemId }) => itemId === this.itemId)) {
      for (const replica of replicas) this.#follow(replica);
      const isFed = replicas.every(({ mode }) => mode === 'copy' || mode === 'resync');
      if (isFed && this.disks.some(({ stream }) => stream?.sequence === 0)) await this.cut();
    }
    for (const { taskId, kind, jobId, parameters } of wish.tasks) {
      const result = await this.#perform(taskId, kind, parameters);
      if (jobId !== undefined) await this.parts.tell(jobId, taskResultOf(taskId).name, result);
      await this.parts.board.change(this.agentId, (current) => ({
        ...current,
        tasks: current.tasks.filter((task) => task.taskId !== taskId),
      }));
    }
  }

  #follow(wish: DesiredReplica): void {
    const disk = this.disks.find(({ replicaId }) => replicaId === wish.replicaId);
    this.isReadOnly = wish.mode === 'readOnly';
    if (disk === undefined || wish.mode === 'readOnly' || wish.mode === 'stop') {
      if (disk !== undefined) disk.stream = undefined;
      return;
    }
    if (disk.stream?.epoch !== wish.epoch) disk.begin(wish);
  }

  async #perform(taskId: string, kind: string, parameters: object): Promise<TaskResult> {
    if (this.refuseTask === kind) return { taskId, outcome: 'failed', message: `no ${kind} today` };
    this.tasksDone.push(kind);
    if (kind === 'shutDownMachine') this.#isOn = false;
    if (kind === 'startMachine' || kind === 'createMachine') this.#isOn = true;
    if (kind === 'openRecoveryPoint') await this.#open(OpenParameters.parse(parameters).disks);
    if (kind !== 'sealRemaining') return { taskId, outcome: 'succeeded', output: {} };
    await (this.marksTheEnd ? this.cut() : this.ship());
    const sealed = this.disks.map(({ replicaId, stream }) => [replicaId, stream?.sequence ?? 0]);
    return { taskId, outcome: 'succeeded', output: { sealed: Object.fromEntries(sealed) } };
  }

  /** The old disks are reused: only blocks that differ are written. */
  async #open(disks: z.infer<typeof OpenParameters>['disks']): Promise<void> {
    if (this.isRunning) throw new Error('the disks of a running machine are written by its guests alone');
    for (const { diskId, url } of disks) {
      const disk = this.disks.find((each) => each.diskId === diskId);
      const wanted = await this.parts.readCopy(url);
      for (let offset = 0; offset < wanted.length; offset += blockBytes) {
        const block = wanted.subarray(offset, offset + blockBytes);
        this.broughtOver.of += 1;
        if (disk?.content.subarray(offset, offset + blockBytes).equals(block) === true) continue;
        this.broughtOver.blocks += 1;
        block.copy(disk?.content ?? Buffer.alloc(0), offset);
      }
    }
  }

  async #seal(disk: SimulatedDisk, marker: Marker | undefined): Promise<void> {
    const { stream, replicaId } = disk;
    if (stream === undefined || (disk.pending.length === 0 && marker === undefined)) return;
    const header: LogHeader = {
      ...{
        replicaId,
        epoch: stream.epoch,
        sequence: stream.sequence + 1,
        previousDigest: stream.previousDigest,
      },
      ...{
        diskSizeBytes: disk.content.length,
        firstWriteTimeInMs: this.parts.now(),
        lastWriteTimeInMs: this.parts.now(),
      },
      ...(marker === undefined ? {} : { marker }),
    };
    const { bytes, digest } = await encodeChangeLog(header, disk.pending);
    disk.pending = [];
    stream.sequence += 1;
    stream.previousDigest = digest;
    try {
      await this.parts.cache.put(
        { replicaId, epoch: stream.epoch, sequence: stream.sequence, attempt: 0 },
        bytes,
      );
    } catch (error) {
      // The epoch has ended: the desired state will tell.
      if (!isRefusal(error, 'NotFound')) throw error;
    }
  }
}
