import type { DesiredMarkers } from '../../shared/contracts/agent/desired';
import type { MarkerKind } from '../../shared/model/change-log';

/** A marker to cut now. `asked` is what it answers: an ask that comes while it is being cut wants one of its own. */
export interface DueMarker {
  readonly kind: MarkerKind;
  readonly asked: number;
}

const longestPauseInMs = 1000;

/** When the markers of one member list are due. An application marker is a crash marker, too. */
export class MarkerSchedule {
  #markers: DesiredMarkers;
  #crashDueInMs: number;
  #appDueInMs: number | undefined;
  #answered: number;
  #notBeforeInMs = 0;

  constructor(markers: DesiredMarkers, nowInMs: number) {
    this.#markers = markers;
    this.#answered = markers.cutNow;
    // The first is due at once: an epoch has no point before it.
    this.#crashDueInMs = nowInMs;
    this.#appDueInMs = markers.appIntervalInMs === undefined ? undefined : nowInMs + markers.appIntervalInMs;
  }

  get members(): readonly string[] {
    return this.#markers.members;
  }

  follow(markers: DesiredMarkers, nowInMs: number): void {
    const { appIntervalInMs, crashIntervalInMs } = markers;
    this.#markers = markers;
    this.#crashDueInMs = Math.min(this.#crashDueInMs, nowInMs + crashIntervalInMs);
    this.#appDueInMs =
      appIntervalInMs === undefined
        ? undefined
        : Math.min(this.#appDueInMs ?? Infinity, nowInMs + appIntervalInMs);
  }

  due(nowInMs: number): DueMarker | undefined {
    if (this.nextInMs(nowInMs) > 0) return undefined;
    const isApp = this.#appDueInMs !== undefined && nowInMs >= this.#appDueInMs;
    return { kind: isApp ? 'app' : 'crash', asked: this.#markers.cutNow };
  }

  nextInMs(nowInMs: number): number {
    this.#heedClock(nowInMs);
    const isAsked = this.#markers.cutNow > this.#answered;
    const dueInMs = isAsked ? nowInMs : Math.min(this.#crashDueInMs, this.#appDueInMs ?? Infinity);
    return Math.max(0, Math.max(dueInMs, this.#notBeforeInMs) - nowInMs);
  }

  /** A clock that was put back must not put markers off: none is further away than its interval. */
  #heedClock(nowInMs: number): void {
    const { appIntervalInMs, crashIntervalInMs } = this.#markers;
    this.#crashDueInMs = Math.min(this.#crashDueInMs, nowInMs + crashIntervalInMs);
    if (this.#appDueInMs !== undefined && appIntervalInMs !== undefined)
      this.#appDueInMs = Math.min(this.#appDueInMs, nowInMs + appIntervalInMs);
    this.#notBeforeInMs = Math.min(this.#notBeforeInMs, nowInMs + longestPauseInMs);
  }

  wasCut({ kind, asked }: DueMarker, nowInMs: number): void {
    const { appIntervalInMs, crashIntervalInMs } = this.#markers;
    this.#answered = Math.max(this.#answered, asked);
    this.#crashDueInMs = nowInMs + crashIntervalInMs;
    if (kind === 'app' && appIntervalInMs !== undefined) this.#appDueInMs = nowInMs + appIntervalInMs;
  }

  /** It could not be cut: it stays due, but not before this long, or before `hurry`. */
  failed(nowInMs: number, pauseInMs: number): void {
    this.#notBeforeInMs = nowInMs + pauseInMs;
  }

  /** What stood in the way may be gone. */
  hurry(): void {
    this.#notBeforeInMs = 0;
  }
}
