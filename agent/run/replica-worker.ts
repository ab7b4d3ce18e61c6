import type { StatusAnswer } from '../../shared/contracts/agent/report';
import type { EpochRequest } from '../../shared/contracts/agent/transfer';
import type { Clock } from '../../shared/ports/clock';
import type { Log } from '../../shared/ports/log';
import type { BlockDigests } from '../copy/block-digests';
import { copyPending, type CopyPendingOptions } from '../copy/copy-pending';
import type { ProtectedDisk } from '../replica/protected-disk';
import type { ServiceClient } from '../service/service-client';
import { Shipper, type ShipperOptions } from '../ship/shipper';
import type { UploadPace } from '../ship/upload-pace';
import { keepTrying } from './keep-trying';
import { Wake } from './wake';

export interface ReplicaWorkerOptions {
  readonly disk: ProtectedDisk;
  readonly service: ServiceClient;
  readonly pace: UploadPace;
  readonly clock: Clock;
  readonly log: Log;
  readonly sealIntervalInMs: number;
  readonly sealAtBytes: number;
  readonly certificateAuthority?: string | undefined;
  readonly relay?: ShipperOptions['relay'];
  readonly trust?: ShipperOptions['trust'];
  readonly telemetry?: ShipperOptions['telemetry'];
  readonly digestsFor: (replicaId: string, epoch: number) => BlockDigests;
  readonly onCopied?: CopyPendingOptions['onCopied'];
  /** The desired state, or the status, is to be read at once. */
  readonly onTold: () => void;
}

/** Everything that runs for one disk: seal what was written, copy what is pending, ship what was sealed. */
export class ReplicaWorker {
  readonly disk: ProtectedDisk;
  readonly #options: ReplicaWorkerOptions;
  readonly #shipper: Shipper;
  readonly #sealWake = new Wake();
  readonly #copyWake = new Wake();
  readonly #shipWake = new Wake();

  constructor(options: ReplicaWorkerOptions) {
    this.#options = options;
    this.disk = options.disk;
    this.#shipper = new Shipper(options);
  }

  /** Runs until stopped. */
  async run(signal: AbortSignal): Promise<void> {
    const { clock, log, sealIntervalInMs } = this.#options;
    const each = { clock, log, signal };
    await Promise.all([
      keepTrying({
        ...each,
        name: 'sealing',
        wake: this.#sealWake,
        restInMs: () => sealIntervalInMs,
        round: () => this.#seal(),
      }),
      keepTrying({
        ...each,
        name: 'copying',
        wake: this.#copyWake,
        restInMs: () => idleInMs,
        round: () => this.#copy(signal),
      }),
      keepTrying({
        ...each,
        name: 'uploading',
        wake: this.#shipWake,
        restInMs: () => idleInMs,
        round: () => this.#ship(signal),
      }),
    ]);
  }

  /** The open log has become large. */
  sealSoon(): void {
    this.#sealWake.now();
  }

  /** A log is waiting. */
  shipSoon(): void {
    this.#shipWake.now();
  }

  /** What is wanted has changed, or something was sealed. */
  wake(): void {
    this.#copyWake.now();
    this.#shipWake.now();
  }

  /** Takes in what the service knows of this disk's stream. */
  async takeStatus(status: StatusAnswer['replicas'][number]): Promise<void> {
    const { disk } = this;
    const wish = disk.wish ?? disk.lostWish;
    if (wish === undefined) return;
    this.#shipper.isCacheFull = status.cacheFull;
    disk.noteApplied(status.applied.epoch, status.applied.sequence);
    if (disk.lostWish !== undefined) return this.#askNewEpoch(disk.lostWish.replicaId, disk.lostWish.epoch);
    const isRelieved = status.durable.epoch === wish.epoch && (await disk.free(status.durable.sequence));
    // A marker that could not be kept waits long for its next try, and may be all that there is to seal.
    if (isRelieved) this.#options.onTold();
    const missed = status.wants !== null && this.#isOurs(status.wants) ? status.wants : undefined;
    if (missed !== undefined) this.#shipper.sendAgain(wish.epoch, missed);
    else await this.#ringWhileBehind(wish.epoch, status.durable);
    if (missed !== undefined || !status.cacheFull) this.#shipWake.now();
    // What had no room in the spool has some now.
    if (disk.pending.count > 0 && disk.hasSpoolRoom) this.#copyWake.now();
  }

  /** A log that is not sealed yet, or still on its way, is missed by nobody. */
  #isOurs(wanted: { readonly sequence: number; readonly attempt: number }): boolean {
    return wanted.sequence <= this.disk.uploaded || wanted.attempt > 0;
  }

  async #ringWhileBehind(
    epoch: number,
    durable: { readonly epoch: number; readonly sequence: number },
  ): Promise<void> {
    const head = this.disk.spool.head;
    const isBehind =
      head?.epoch === epoch && (durable.epoch !== epoch || durable.sequence < this.disk.uploaded);
    if (isBehind) await this.#shipper.ring();
  }

  async #askNewEpoch(replicaId: string, epoch: number): Promise<void> {
    const request: EpochRequest = { epoch, kind: 'rebase', reason: 'spoolLost', sealed: 0 };
    await this.#options.service.askEpoch(replicaId, request);
    this.#options.onTold();
  }

  async #seal(): Promise<void> {
    if (await this.disk.seal()) this.wake();
  }

  async #copy(signal: AbortSignal): Promise<void> {
    const { disk } = this;
    const { clock, sealAtBytes, digestsFor, onCopied } = this.#options;
    const wish = disk.wish;
    if (wish === undefined || disk.pending.count === 0) return;
    const digests = wish.mode === 'resync' ? digestsFor(wish.replicaId, wish.epoch) : undefined;
    const mayCopy = (): boolean =>
      disk.wish?.epoch === wish.epoch && disk.wish.mayCopy && disk.hasSpoolRoom && !disk.isBeingScanned;
    await copyPending({ disk, digests, clock, signal, mayCopy, sealAtBytes, onCopied });
    this.#shipWake.now();
    // The last marker could not be cut while blocks were pending: tell that they no longer are.
    if (disk.pending.count === 0) this.#options.onTold();
  }

  async #ship(signal: AbortSignal): Promise<void> {
    await this.#shipper.ship(signal);
  }
}

const idleInMs = 30_000;
