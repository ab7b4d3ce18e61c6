import { join } from 'node:path';
import { mkdirSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import type { ReplicaReport } from '../../shared/contracts/agent/report';
import type { DesiredReplica } from '../../shared/contracts/agent/desired';
import type { Marker } from '../../shared/model/change-log';
import type { Clock } from '../../shared/ports/clock';
import { openBitmapFile, type BitmapFile } from '../capture/bitmap-file';
import { blockBytes, DirtyBitmap } from '../capture/dirty-bitmap';
import { DiskCapture } from '../capture/disk-capture';
import type { OpenLog } from '../capture/open-log';
import type { SlabMemory } from '../capture/slab-memory';
import type { SourceDisk } from '../disk/source-disk';
import { WatchedDisk } from '../disk/watched-disk';
import { ReplicaSpool } from '../spool/replica-spool';
import type { SpoolCipher } from '../spool/spool-cipher';
import type { LogSealer } from '../stream/log-sealer';
import { PlainSealer } from '../stream/plain-sealer';
import { sealLog } from '../stream/seal-log';
import { Turn } from '../system/turn';
import { Trouble } from './trouble';

export interface ProtectedDiskOptions {
  readonly disk: SourceDisk;
  readonly machineId: string;
  readonly diskId: string;
  /** Where bitmaps and spool are kept. */
  readonly folder: string;
  readonly cipher: SpoolCipher;
  /** Where logs are sealed, if not in this thread. */
  readonly sealer?: LogSealer | undefined;
  /** Shared by the disks of one sealer. */
  readonly memory?: SlabMemory | undefined;
  readonly bootId: string;
  /** How the bitmaps' files are opened, if not the usual way. */
  readonly openBitmap?: ((path: string) => BitmapFile) | undefined;
  readonly clock: Clock;
  readonly spoolQuotaBytes: number;
  readonly openLogLimitBytes: number;
  readonly sealAtBytes: number;
  readonly onSealDue: () => void;
  /** Others write the disk: only a pass over it tells what has changed. */
  readonly isScanned?: boolean;
  /** A log is in the spool; what it holds is not yet taken off what is pending. */
  readonly onSealed?: (log: OpenLog) => void;
}

/** How the disk stands to the epoch that is wanted of it. */
type Feed =
  | { readonly kind: 'none' }
  | { readonly kind: 'fed'; readonly wish: DesiredReplica }
  | { readonly kind: 'lost'; readonly wish: DesiredReplica };

/**
 * One disk of this machine with everything that turns its writes into sealed logs. It survives the death of the
 * agent: the bitmaps say which blocks are in doubt, the spool which logs were sealed.
 */
export class ProtectedDisk {
  readonly capture: DiskCapture;
  readonly pending: DirtyBitmap;
  /** False between the passes over a disk that others write: what the stream says of it is not what it is. */
  isSettled: boolean;
  /** While a pass reads it, or a snapshot of it: the disk itself may be newer, and is not copied. */
  isBeingScanned = false;
  readonly #options: ProtectedDiskOptions;
  readonly #bitmaps: { readonly open: DirtyBitmap; readonly sealing: DirtyBitmap };
  readonly #diskTrouble: Trouble;
  readonly #stateTrouble: Trouble;
  readonly #sealTurn = new Turn();
  #spool: ReplicaSpool;
  #feed: Feed = { kind: 'none' };
  #isClosed = false;
  #uploaded = 0;
  #durableSequence = 0;
  #reportedChurnBytes = 0;
  /** What this disk's epoch began with, so that progress can be told. */
  #toCopyBytes = 0;

  private constructor(options: ProtectedDiskOptions, spool: ReplicaSpool) {
    this.#options = options;
    this.#spool = spool;
    this.isSettled = !this.isScanned;
    this.#uploaded = spool.head === undefined ? 0 : spool.uploaded;
    const { clock, folder, openBitmap = openBitmapFile } = options;
    this.#diskTrouble = new Trouble('SourceDiskFailing', `The disk ${options.diskId} fails`, clock);
    this.#stateTrouble = new Trouble('AgentStateFailing', 'The agent cannot keep its state', clock);
    const disk = new WatchedDisk(options.disk, (error) => this.#diskTrouble.note(error));
    const bitmap = (name: string): DirtyBitmap =>
      new DirtyBitmap(openBitmap(join(folder, name)), disk.sizeBytes, (error) => this.#giveUp(error));
    this.#bitmaps = { open: bitmap('open.bitmap'), sealing: bitmap('sealing.bitmap') };
    this.pending = bitmap('pending.bitmap');
    this.#doubtUnsealed();
    const bitmaps = { ...this.#bitmaps, pending: this.pending };
    this.capture = new DiskCapture({ ...options, disk, bitmaps });
    // Writes of a guest may come before the service has been asked: a stream that was fed is fed again from the start.
    if (spool.head !== undefined) this.capture.startCapturing();
  }

  static async open(options: ProtectedDiskOptions): Promise<ProtectedDisk> {
    mkdirSync(options.folder, { recursive: true, mode: 0o700 });
    return new ProtectedDisk(options, await openSpool(options));
  }

  get diskId(): string {
    return this.#options.diskId;
  }

  get isScanned(): boolean {
    return this.#options.isScanned === true;
  }

  get machineId(): string {
    return this.#options.machineId;
  }

  get sizeBytes(): number {
    return this.#options.disk.sizeBytes;
  }

  get spool(): ReplicaSpool {
    return this.#spool;
  }

  /** The wish that is being met, or nothing while no stream is fed. */
  get wish(): DesiredReplica | undefined {
    return this.#feed.kind === 'fed' ? this.#feed.wish : undefined;
  }

  /** The wish that cannot be met without a new epoch: the spool cannot prove what was sealed in this one. */
  get lostWish(): DesiredReplica | undefined {
    return this.#feed.kind === 'lost' ? this.#feed.wish : undefined;
  }

  get uploaded(): number {
    return this.#uploaded;
  }

  noteUploaded(sequence: number): void {
    this.#uploaded = Math.max(this.#uploaded, sequence);
  }

  /** What was sent may have been lost on its way: all that the target does not hold durably is to be sent again. */
  uploadAgain(): void {
    this.#uploaded = Math.min(this.#uploaded, this.#durableSequence);
  }

  /** True while what the target would hold is not yet the whole disk. */
  get isInDoubt(): boolean {
    return this.pending.count > 0 || this.#feed.kind !== 'fed' || !this.isSettled;
  }

  get hasSpoolRoom(): boolean {
    // The chain's head stays for good: it must not fill the spool for ever when it is larger than the quota.
    const heldBytes = this.#spool.sizeBytes - this.#spool.sizeBytesOf(this.#durableSequence);
    return heldBytes < this.#options.spoolQuotaBytes;
  }

  /** Makes the stream what is wanted. `appliedSequence` is how far the target has got in the wanted epoch. */
  async follow(wish: DesiredReplica, appliedSequence: number): Promise<void> {
    this.capture.isFenced = wish.mode === 'readOnly';
    if (wish.mode === 'stop' || wish.mode === 'readOnly') return this.#stop();
    if (this.#spool.head?.epoch === wish.epoch) this.#feed = { kind: 'fed', wish };
    else if (appliedSequence > 0) this.#feed = { kind: 'lost', wish };
    else await this.#sealTurn.take(() => this.#begin(wish));
    this.noteApplied(wish.epoch, appliedSequence);
  }

  /** How far the target has got. A target ahead of this memory means that numbers were sealed which nobody remembers. */
  noteApplied(epoch: number, sequence: number): void {
    const { wish } = this;
    if (wish?.epoch !== epoch) return;
    if (sequence > (this.#spool.head?.sequence ?? 0)) this.#feed = { kind: 'lost', wish };
    // What was applied had arrived, even if it was sent before this agent was started.
    else this.noteUploaded(sequence);
  }

  /** Seals what was captured. Cuts nothing if there is nothing and no marker. */
  async seal(): Promise<boolean> {
    return this.#sealTurn.take(async () => {
      if (this.wish === undefined || this.capture.openLog.isEmpty) return false;
      return this.#sealCut(this.capture.cut(), undefined);
    });
  }

  /** Runs while no log of this disk is being sealed. */
  whileNotSealing<T>(work: () => Promise<T>): Promise<T> {
    return this.#sealTurn.take(work);
  }

  /**
   * Lets `work` write the disk itself, with no guest and no stream beside it. Refused while the disk is replicated: what
   * the stream said of it would no longer be true.
   */
  async whileRewritten<T>(work: (disk: SourceDisk) => Promise<T>): Promise<T> {
    return this.#sealTurn.take(async () => {
      if (this.#feed.kind !== 'none') throw new Error(`disk ${this.diskId} is being replicated`);
      const release = await this.capture.keepGuestsOut();
      try {
        await this.#forget();
        return await work(this.#options.disk);
      } finally {
        release();
      }
    });
  }

  /** Seals a log that was cut under `whileNotSealing`. False if it could not be kept: its blocks are pending then. */
  async sealCut(cut: OpenLog, marker: Marker | undefined): Promise<boolean> {
    return this.#sealCut(cut, marker);
  }

  /** Frees what the target holds durably; the newest of it stays, as the chain's head. True if that may end a trouble. */
  async free(durableSequence: number): Promise<boolean> {
    const before = this.#spool.sizeBytes;
    await this.#spool.freeThrough(durableSequence - 1);
    this.#durableSequence = durableSequence;
    return this.#stateTrouble.problem !== undefined && this.#spool.sizeBytes < before;
  }

  report(): ReplicaReport | undefined {
    if (this.#feed.kind === 'none') return undefined;
    const { wish } = this.#feed;
    const pendingBytes = Math.min(this.pending.count * blockBytes, this.#toCopyBytes);
    const problem = this.#diskTrouble.problem ?? this.#stateTrouble.problem;
    const churnBytes = this.capture.churnBytes - this.#reportedChurnBytes;
    this.#reportedChurnBytes = this.capture.churnBytes;
    return {
      replicaId: wish.replicaId,
      epoch: wish.epoch,
      sealed: this.#spool.head?.epoch === wish.epoch ? this.#spool.head.sequence : 0,
      uploaded: this.#uploaded,
      diskSizeBytes: this.sizeBytes,
      copiedBytes: this.#toCopyBytes - pendingBytes,
      toCopyBytes: this.#toCopyBytes,
      spooledBytes: this.#spool.sizeBytes,
      churnBytes,
      state: this.#state(),
      ...(problem === undefined ? {} : { problem }),
    };
  }

  /** Leaves disk and stream whole for an agent on another host that sees the same files. Nothing may be written any more. */
  async handOver(): Promise<void> {
    await this.#sealTurn.take(async () => {
      await this.#options.disk.flush();
      for (const bitmap of this.#allBitmaps) bitmap.flush();
      await this.#spool.handOver();
    });
  }

  close(): void {
    this.#isClosed = true;
    this.#options.disk.close();
    for (const bitmap of this.#allBitmaps) bitmap.close();
  }

  get #allBitmaps(): readonly DirtyBitmap[] {
    return [this.#bitmaps.open, this.#bitmaps.sealing, this.pending];
  }

  #state(): ReplicaReport['state'] {
    if (this.capture.isFenced) return 'readOnly';
    if (this.#feed.kind === 'lost') return 'failed';
    if (!this.hasSpoolRoom) return 'bitmapOnly';
    if (this.pending.count === 0) return 'replicating';
    return this.wish?.mode === 'resync' ? 'resyncing' : 'copying';
  }

  async #begin(wish: DesiredReplica): Promise<void> {
    this.#feed = { kind: 'none' };
    // Marked before the epoch is, so that dying in between leaves too much to copy, never too little.
    if (wish.mode !== 'continue') this.pending.mark({ offsetBytes: 0, lengthBytes: this.sizeBytes });
    this.capture.openLog.forgetCopied();
    this.capture.startCapturing();
    this.#toCopyBytes = Math.min(this.pending.count * blockBytes, this.sizeBytes);
    for (const bitmap of this.#allBitmaps) bitmap.catchUp();
    await this.#spool.begin(wish.epoch, wish.chainHead);
    this.#uploaded = 0;
    this.#durableSequence = 0;
    this.#feed = { kind: 'fed', wish };
  }

  async #stop(): Promise<void> {
    if (this.#feed.kind === 'none' && this.#spool.head === undefined) return;
    await this.#sealTurn.take(() => this.#forget());
  }

  async #forget(): Promise<void> {
    this.capture.stopCapturing();
    this.#feed = { kind: 'none' };
    this.pending.clear();
    await rm(join(this.#options.folder, 'spool'), { recursive: true, force: true });
    this.#spool = await openSpool(this.#options);
  }

  async #sealCut(cut: OpenLog, marker: Marker | undefined): Promise<boolean> {
    const wish = this.wish;
    if (wish === undefined || !this.hasSpoolRoom) {
      this.capture.sealFailed();
      return false;
    }
    const { spool, sizeBytes: diskSizeBytes } = this;
    try {
      const { cipher, sealer = new PlainSealer(cipher), clock, onSealed } = this.#options;
      const { replicaId } = wish;
      const nowInMs = clock.now();
      await sealLog({ replicaId, diskSizeBytes, spool, sealer, log: cut, marker, nowInMs });
      onSealed?.(cut);
    } catch (error) {
      this.#stateTrouble.note(error);
      this.capture.sealFailed();
      throw error;
    }
    this.#stateTrouble.end();
    this.capture.sealed(cut);
    return true;
  }

  /**
   * A mark could not be kept: whoever comes after this agent would not know all that is in doubt. The guest goes on, and the
   * disk is compared with its replica in a new epoch.
   */
  #giveUp(error: unknown): void {
    const { wish } = this;
    // What comes too late for a disk that was let go says nothing of the state that it left.
    if (this.#isClosed) return;
    this.#stateTrouble.note(error);
    this.#spool.giveUp();
    if (wish !== undefined) this.#feed = { kind: 'lost', wish };
  }

  /** After the death of the agent: what was captured and not sealed is on the disk, and only there. */
  #doubtUnsealed(): void {
    for (const bitmap of [this.#bitmaps.open, this.#bitmaps.sealing]) {
      if (bitmap.count === 0) continue;
      this.pending.include(bitmap);
      bitmap.clear();
    }
    this.#toCopyBytes = Math.min(this.pending.count * blockBytes, this.#options.disk.sizeBytes);
  }
}

function openSpool({ folder, cipher, bootId }: ProtectedDiskOptions): Promise<ReplicaSpool> {
  return ReplicaSpool.open({ folder: join(folder, 'spool'), cipher, bootId });
}
