import type { DesiredMarkers, DesiredState } from '../../shared/contracts/agent/desired';
import type { MarkerKind } from '../../shared/model/change-log';
import { timeOrderedId } from '../../shared/model/time-ordered-id';
import type { Clock } from '../../shared/ports/clock';
import type { Ids } from '../../shared/ports/ids';
import type { ProtectedDisk } from '../replica/protected-disk';
import type { Scanner, WantedMarker } from '../scan/scanner';
import { MarkerSchedule } from '../run/marker-schedule';
import { cutMarker, type CutOutcome } from './cut-marker';
import type { Freezer } from './freezer';

export interface MarkerKeeperOptions {
  readonly clock: Clock;
  readonly ids: Ids;
  readonly seenServiceTime: () => number;
  readonly diskOf: (replicaId: string) => ProtectedDisk | undefined;
  readonly onCut: () => void;
  /** Freezes applications before an application-consistent cut, and lets go after it. */
  readonly freezer: Freezer;
  /** Reads the disks that others write, before a marker of them. */
  readonly scanner?: Scanner | undefined;
}

/** How soon a marker that could not be cut is tried again. */
const againInMs = 1000;
const idleInMs = 60_000;

/** Cuts the markers that are wanted, when they are due. */
export class MarkerKeeper {
  readonly #options: MarkerKeeperOptions;
  readonly #schedules = new Map<string, MarkerSchedule>();

  constructor(options: MarkerKeeperOptions) {
    this.#options = options;
  }

  /**
   * Only member lists that are wholly this agent's are cut here; groups of several agents have a coordinator. A member
   * in a new epoch makes a new schedule, whose first marker is due at once.
   */
  follow({ markers, replicas }: Pick<DesiredState, 'markers' | 'replicas'>): void {
    const now = this.#options.clock.now();
    const epochs = new Map(replicas.map(({ replicaId, epoch }) => [replicaId, epoch]));
    const keyOf = ({ members }: DesiredMarkers): string =>
      members.map((id) => `${id}@${epochs.get(id) ?? 0}`).join(' ');
    const own = new Map(
      markers.filter(({ group }) => group === undefined).map((each) => [keyOf(each), each]),
    );
    for (const key of this.#schedules.keys()) if (!own.has(key)) this.#schedules.delete(key);
    for (const [key, each] of own) {
      const known = this.#schedules.get(key);
      const paced = this.#paceOf(each);
      if (known === undefined) this.#schedules.set(key, new MarkerSchedule(paced, now));
      else known.follow(paced, now);
    }
  }

  /** What stood in the way of a marker may be gone. */
  hurry(): void {
    for (const schedule of this.#schedules.values()) schedule.hurry();
  }

  /** Cuts what is due. */
  async round(): Promise<void> {
    for (const schedule of this.#schedules.values()) {
      const due = schedule.due(this.#options.clock.now());
      if (due === undefined) continue;
      const outcome = await this.cut(schedule.members, due.kind);
      if (outcome === 'cut' || outcome === 'scanned') schedule.wasCut(due, this.#options.clock.now());
      else schedule.failed(this.#options.clock.now(), againInMs);
    }
  }

  restInMs(): number {
    const now = this.#options.clock.now();
    return Math.min(idleInMs, ...[...this.#schedules.values()].map((schedule) => schedule.nextInMs(now)));
  }

  /** Cuts one marker on these replicas, now. */
  async cut(members: readonly string[], kind: MarkerKind): Promise<CutOutcome> {
    const disks = members.map((replicaId) => this.#options.diskOf(replicaId));
    const present = disks.filter((disk) => disk !== undefined);
    if (present.length < disks.length) return 'inDoubt';
    if (present.some((disk) => disk.isScanned)) return this.#scan({ members, disks: present, kind });
    if (present.some((disk) => disk.isInDoubt)) return 'inDoubt';
    const frozen = kind === 'app' ? await this.#options.freezer.freeze() : false;
    try {
      const { ids, clock, seenServiceTime, onCut } = this.#options;
      const id = timeOrderedId(clock.now(), ids.uuid());
      const marker = { id, kind: frozen ? ('app' as const) : ('crash' as const), members };
      const outcome = await cutMarker({ disks: present, marker, seenServiceTime, now: () => clock.now() });
      onCut();
      return outcome;
    } finally {
      if (frozen) await this.#options.freezer.thaw();
    }
  }

  async #scan(wanted: WantedMarker): Promise<CutOutcome> {
    const outcome = await this.#options.scanner?.pass(wanted);
    this.#options.onCut();
    return outcome ?? 'inDoubt';
  }

  /** Disks that others write are read as often as their owner says, not as the policy does. */
  #paceOf(markers: DesiredMarkers): DesiredMarkers {
    const { scanner, diskOf } = this.#options;
    const isScanned = markers.members.some((id) => diskOf(id)?.isScanned === true);
    return scanner === undefined || !isScanned
      ? markers
      : { ...markers, crashIntervalInMs: scanner.everyInMs };
  }
}
