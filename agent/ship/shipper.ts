import type { SiteAddress } from '../../shared/contracts/agent/site';
import type { Grant } from '../../shared/contracts/agent/transfer';
import type { Clock } from '../../shared/ports/clock';
import type { Telemetry } from '../../shared/ports/telemetry';
import { spread } from '../../shared/service/spread';
import type { ProtectedDisk } from '../replica/protected-disk';
import type { ServiceClient } from '../service/service-client';
import { ServiceRefusal } from '../service/service-refusal';
import { epochUrl, reachOf } from '../site/intake/log-path';
import type { SiteTrust } from '../site/site-trust';
import { putLog, type PutOutcome } from './put-log';
import type { UploadPace } from './upload-pace';

export interface ShipperOptions {
  readonly disk: ProtectedDisk;
  readonly service: ServiceClient;
  readonly pace: UploadPace;
  readonly clock: Clock;
  readonly certificateAuthority?: string | undefined;
  /** The process server that logs go through, where they do not go to the cache itself. It may become another at any time. */
  readonly relay?: (() => SiteAddress | undefined) | undefined;
  readonly trust?: SiteTrust | undefined;
  /** Absent where nobody listens. */
  readonly telemetry?: Telemetry | undefined;
  /** The epoch may have ended: the desired state and the status are to be read now. */
  readonly onTold: () => void;
}

export interface WantedUpload {
  readonly sequence: number;
  readonly attempt: number;
}

interface Upload extends WantedUpload {
  /** The service misses exactly this, whatever was sent before. */
  readonly isMissed: boolean;
}

/** Uploads under way at once; the target applies them in order, whichever arrives first. */
const parallelUploads = 4;
/** A grant that ends this soon is not begun with. */
const grantReserveInMs = 60_000;

function isRefusal(error: unknown, code: string): boolean {
  return error instanceof ServiceRefusal && error.code === code;
}

/** Brings one disk's sealed logs to the cache, and rings. */
export class Shipper {
  readonly #options: ShipperOptions;
  readonly #acknowledged = new Set<number>();
  #grant: { readonly epoch: number; readonly grant: Grant } | undefined;
  #missed: (Upload & { readonly epoch: number }) | undefined;
  #epoch = 0;
  #toldEpoch = 0;
  #relay = '';
  isCacheFull = false;

  constructor(options: ShipperOptions) {
    this.#options = options;
  }

  /** Ships what waits. Returns how many logs arrived; rejects on what may pass, and the caller waits before the next try. */
  async ship(signal: AbortSignal): Promise<number> {
    const { disk } = this.#options;
    const wish = disk.wish;
    if (wish === undefined) return 0;
    if (wish.epoch !== this.#epoch) this.#startEpoch(wish.epoch);
    this.#followRelay();
    let shipped = 0;
    let goesOn = true;
    const waiting = this.#waiting(() => goesOn && !signal.aborted && disk.wish?.epoch === wish.epoch);
    await spread(waiting, parallelUploads, async (upload) => {
      if (await this.#traced(wish, () => this.#putAndRing(upload, signal))) shipped++;
      else goesOn = false;
    });
    return shipped;
  }

  /** The service misses exactly this, whatever was sent before: it is sent before all that waits. */
  sendAgain(epoch: number, wanted: WantedUpload): void {
    this.#missed = { ...wanted, epoch, isMissed: true };
  }

  async ring(): Promise<void> {
    const wish = this.#options.disk.wish;
    if (wish !== undefined) await this.#options.service.ring([wish.replicaId]);
  }

  /** What is missed, once: if it does not arrive, the next status misses it as well. */
  *#takeMissed(): Generator<Upload> {
    const missed = this.#missed;
    this.#missed = undefined;
    if (missed?.epoch === this.#epoch) yield missed;
  }

  /** The logs to send, in order; what is sealed meanwhile follows. In a full cache only what keeps all else there. */
  async *#waiting(goesOn: () => boolean): AsyncGenerator<Upload> {
    const { disk } = this.#options;
    yield* this.#takeMissed();
    for (let last = disk.uploaded; !this.isCacheFull;) {
      const waiting = disk.spool.logs.filter(
        ({ sequence }) => sequence > last && !this.#acknowledged.has(sequence),
      );
      if (waiting.length === 0) return;
      for (const { sequence } of waiting) {
        if (!goesOn()) return;
        yield* this.#takeMissed();
        yield { sequence, attempt: 0, isMissed: false };
        last = sequence;
      }
    }
  }

  /** Rings as soon as the target has something to apply: a log whose predecessors are still on their way is no news. */
  async #putAndRing(upload: Upload, signal: AbortSignal): Promise<boolean> {
    const isThere = await this.#put(upload, signal);
    if (this.#advance() || upload.isMissed) await this.ring();
    return isThere;
  }

  /** The bell takes the span along: what the upload leads to, up to the recovery point, belongs to it. */
  #traced<T>(
    { replicaId, epoch }: { readonly replicaId: string; readonly epoch: number },
    work: () => Promise<T>,
  ): Promise<T> {
    const { telemetry } = this.#options;
    return telemetry === undefined
      ? work()
      : telemetry.span({ name: 'upload', about: { replicaId, epoch } }, work);
  }

  /** True once the log is in the cache, or perhaps is. False where there is no use in going on now. */
  async #put({ sequence, attempt }: WantedUpload, signal: AbortSignal): Promise<boolean> {
    const { disk, pace } = this.#options;
    const bytes = await disk.spool.read(sequence);
    if (bytes === undefined) return true;
    const grant = await this.#currentGrant();
    if (grant === undefined) return false;
    await pace.pass(bytes.byteLength, signal);
    const outcome: PutOutcome = await putLog({
      grantUrl: grant.url,
      sequence,
      attempt,
      bytes,
      signal,
      ...reachOf(grant.url, this.#reach),
    });
    switch (outcome) {
      case 'put':
      case 'perhaps':
        this.#acknowledged.add(sequence);
        return true;
      case 'gone':
        this.#grant = undefined;
        this.#tellOnce();
        return false;
      case 'expired':
        this.#grant = undefined;
        return false;
      case 'passing':
        throw new Error(`the cache did not take log ${sequence}`);
    }
  }

  get #reach(): Parameters<typeof reachOf>[1] {
    const { trust, certificateAuthority } = this.#options;
    return { trust, certificateAuthority };
  }

  /** Another server knows nothing of what the one before it had: all that may be lost with it is sent again. */
  #followRelay(): void {
    const relay = JSON.stringify(this.#options.relay?.() ?? null);
    if (this.#relay !== '' && this.#relay !== relay) {
      this.#options.disk.uploadAgain();
      this.#acknowledged.clear();
      this.#grant = undefined;
    }
    this.#relay = relay;
  }

  async #currentGrant(): Promise<Grant | undefined> {
    const { disk, service, relay } = this.#options;
    const wish = disk.wish;
    if (wish === undefined) return undefined;
    const server = relay?.();
    if (server !== undefined) {
      return { url: epochUrl(server, wish.replicaId, wish.epoch), expiresAtInMs: Infinity };
    }
    const known = this.#grant;
    if (known?.epoch === wish.epoch && known.grant.expiresAtInMs > service.serviceTime() + grantReserveInMs)
      return known.grant;
    try {
      const grant = await service.grant(wish.replicaId, wish.epoch);
      this.#grant = { epoch: wish.epoch, grant };
      return grant;
    } catch (error) {
      // The next status says when there is room again; an epoch that has ended is followed by what is wanted instead.
      if (isRefusal(error, 'CacheFull')) this.isCacheFull = true;
      else if (isRefusal(error, 'Conflict')) this.#tellOnce();
      else throw error;
      return undefined;
    }
  }

  /** Once in an epoch: the status that follows has the same tried again. */
  #tellOnce(): void {
    if (this.#toldEpoch === this.#epoch) return;
    this.#toldEpoch = this.#epoch;
    this.#options.onTold();
  }

  #startEpoch(epoch: number): void {
    this.#epoch = epoch;
    this.#acknowledged.clear();
    this.#grant = undefined;
  }

  /** Moves the count of uploads over everything that follows it without a gap. False if there is nothing new. */
  #advance(): boolean {
    const { disk } = this.#options;
    // What arrived in an epoch that has ended says nothing of the next.
    if (disk.wish?.epoch !== this.#epoch) return false;
    const before = disk.uploaded;
    const lowest = disk.spool.logs[0]?.sequence ?? 0;
    let uploaded = Math.max(disk.uploaded, lowest - 1);
    while (this.#acknowledged.delete(uploaded + 1)) uploaded++;
    disk.noteUploaded(uploaded);
    // What a process server holds may be lost with it: an agent that starts again sends that again.
    if (this.#options.relay?.() === undefined) disk.spool.uploaded = uploaded;
    return disk.uploaded > before;
  }
}
