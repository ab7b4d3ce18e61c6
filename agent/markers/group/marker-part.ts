import type { Marker, MarkerKind } from '../../../shared/model/change-log';
import type { Clock } from '../../../shared/ports/clock';
import type { ProtectedDisk } from '../../replica/protected-disk';
import { sealCuts, whileNoneIsSealing } from '../cut-marker';
import type { Freezer } from '../freezer';

export interface MarkerPartOptions {
  readonly disks: readonly ProtectedDisk[];
  readonly freezer: Freezer;
  readonly clock: Clock;
}

type Stage = 'preparing' | 'prepared' | 'holding' | 'held' | 'sealing' | 'ended';

/** The disks of this agent on their way through one marker of a group. Whatever happens to the others, it ends in time. */
export class MarkerPart {
  readonly #options: MarkerPartOptions;
  #stage: Stage = 'preparing';
  #isFrozen = false;
  #timer = new AbortController();
  #end: () => void = () => undefined;
  readonly #ended = new Promise<void>((resolve) => {
    this.#end = resolve;
  });

  constructor(options: MarkerPartOptions) {
    this.#options = options;
  }

  async prepare(kind: MarkerKind, timeLimitInMs: number): Promise<boolean> {
    const { freezer, disks } = this.#options;
    this.#endAfter(timeLimitInMs);
    this.#refuseDoubt();
    if (kind === 'app') await this.#freeze(freezer);
    await this.#takeTurns(disks);
    this.#require('preparing');
    this.#stage = 'prepared';
    return this.#isFrozen;
  }

  async hold(timeLimitInMs: number): Promise<void> {
    this.#require('prepared');
    this.#stage = 'holding';
    this.#endAfter(timeLimitInMs);
    await Promise.all(this.#options.disks.map((disk) => disk.capture.hold()));
    this.#require('holding');
    this.#refuseDoubt();
    this.#stage = 'held';
  }

  /** True if every disk keeps the marker. */
  async seal(marker: Marker): Promise<boolean> {
    this.#require('held');
    const cuts = this.#options.disks.map((disk) => [disk, disk.capture.cut()] as const);
    this.#release();
    this.#stage = 'sealing';
    this.#timer.abort();
    try {
      return await sealCuts(cuts, marker);
    } finally {
      this.end();
    }
  }

  end(): void {
    if (this.#stage === 'ended') return;
    if (this.#stage === 'holding' || this.#stage === 'held') this.#release();
    this.#stage = 'ended';
    this.#timer.abort();
    this.#thaw();
    this.#end();
  }

  async #freeze(freezer: Freezer): Promise<void> {
    this.#isFrozen = await freezer.freeze();
    if (this.#stage === 'ended') this.#thaw();
    this.#require('preparing');
  }

  #thaw(): void {
    if (!this.#isFrozen) return;
    this.#isFrozen = false;
    void this.#options.freezer.thaw();
  }

  #release(): void {
    for (const disk of this.#options.disks) disk.capture.release();
    this.#thaw();
  }

  /** Resolves once no log of the disks is being sealed; none will be until the end. */
  #takeTurns(disks: readonly ProtectedDisk[]): Promise<void> {
    return new Promise((resolve) => {
      void whileNoneIsSealing(disks, () => {
        resolve();
        return this.#ended;
      });
    });
  }

  #endAfter(timeLimitInMs: number): void {
    this.#timer.abort();
    const timer = new AbortController();
    this.#timer = timer;
    void this.#options.clock.sleep(timeLimitInMs, timer.signal).then(() => {
      if (!timer.signal.aborted) this.end();
    });
  }

  #require(stage: Stage): void {
    if (this.#stage !== stage)
      throw new Error('the marker took too long, or was abandoned: its hold is let go');
  }

  #refuseDoubt(): void {
    if (!this.#options.disks.some((disk) => disk.isInDoubt)) return;
    this.end();
    throw new Error('a disk is being copied, or in doubt');
  }
}
