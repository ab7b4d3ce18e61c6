import type { DesiredMarkers } from '../../shared/contracts/agent/desired';
import type { MarkerKind } from '../../shared/model/change-log';

/** When the markers of one member list are due. Crash and application markers share their moments. */
export class MarkerSchedule {
  #markers: DesiredMarkers;
  #crashDueInMs: number;
  #appDueInMs: number | undefined;
  #cutNowSeen: number;
  #isAsked = false;

  constructor(markers: DesiredMarkers, nowInMs: number) {
    this.#markers = markers;
    this.#cutNowSeen = markers.cutNow;
    // The first is due at once: a replica has no point before it.
    this.#crashDueInMs = nowInMs;
    this.#appDueInMs = markers.appIntervalInMs === undefined ? undefined : nowInMs + markers.appIntervalInMs;
  }

  get members(): readonly string[] {
    return this.#markers.members;
  }

  follow(markers: DesiredMarkers, nowInMs: number): void {
    if (markers.cutNow > this.#cutNowSeen) this.#isAsked = true;
    this.#cutNowSeen = markers.cutNow;
    this.#crashDueInMs = Math.min(this.#crashDueInMs, nowInMs + markers.crashIntervalInMs);
    const { appIntervalInMs } = markers;
    this.#appDueInMs =
      appIntervalInMs === undefined
        ? undefined
        : Math.min(this.#appDueInMs ?? Infinity, nowInMs + appIntervalInMs);
    this.#markers = markers;
  }

  /** The kind of marker to cut now, or nothing yet. */
  due(nowInMs: number): MarkerKind | undefined {
    if (this.#appDueInMs !== undefined && nowInMs >= this.#appDueInMs) return 'app';
    return this.#isAsked || nowInMs >= this.#crashDueInMs ? 'crash' : undefined;
  }

  nextInMs(nowInMs: number): number {
    return Math.max(0, Math.min(this.#crashDueInMs, this.#appDueInMs ?? Infinity) - nowInMs);
  }

  /** A marker of this kind was cut. An application marker is a crash marker, too. */
  wasCut(kind: MarkerKind, nowInMs: number): void {
    this.#isAsked = false;
    this.#crashDueInMs = nowInMs + this.#markers.crashIntervalInMs;
    const { appIntervalInMs } = this.#markers;
    if (kind === 'app' && appIntervalInMs !== undefined) this.#appDueInMs = nowInMs + appIntervalInMs;
  }

  /** It could not be cut: it stays due, and is tried again a little later. */
  failed(nowInMs: number, againInMs: number): void {
    this.#crashDueInMs = nowInMs + againInMs;
    if (this.#appDueInMs !== undefined && this.#appDueInMs <= nowInMs) this.#appDueInMs = nowInMs + againInMs;
  }
}
