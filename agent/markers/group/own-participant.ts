import type { Marker } from '../../../shared/model/change-log';
import type { Clock } from '../../../shared/ports/clock';
import type { ProtectedDisk } from '../../replica/protected-disk';
import type { Freezer } from '../freezer';
import { MarkerPart } from './marker-part';
import type { Holding, Participant, Preparation } from './participant';

export interface OwnParticipantOptions {
  readonly clock: Clock;
  readonly freezer: Freezer;
  readonly seenServiceTime: () => number;
  readonly diskOf: (replicaId: string) => ProtectedDisk | undefined;
  /** Who the service wants to cut together: a coordinator that knows another list is behind, or ahead. */
  readonly wantedMembers: () => readonly string[];
  readonly onSealed: () => void;
}

interface Current {
  readonly markerId: string;
  readonly number: number;
  readonly part: MarkerPart;
  readonly replicaIds: readonly string[];
}

/** This agent's own part in the markers of its group: one marker at a time, the newest. */
export class OwnParticipant implements Participant {
  readonly #options: OwnParticipantOptions;
  #current: Current | undefined;
  #startedCount = 0;
  #sealedNumber = 0;

  constructor(options: OwnParticipantOptions) {
    this.#options = options;
  }

  /** How many markers were begun, and which of them was the last that was sealed here. */
  get progress(): { readonly startedCount: number; readonly sealedNumber: number } {
    return { startedCount: this.#startedCount, sealedNumber: this.#sealedNumber };
  }

  async prepare({ markerId, kind, members, timeLimitInMs }: Preparation): Promise<boolean> {
    const { clock, freezer, diskOf, wantedMembers } = this.#options;
    this.#current?.part.end();
    if (members.join() !== wantedMembers().join()) throw new Error('the group has other members here');
    const replicaIds = members.filter((replicaId) => diskOf(replicaId) !== undefined);
    const disks = replicaIds.flatMap((replicaId) => diskOf(replicaId) ?? []);
    const part = new MarkerPart({ disks, freezer, clock });
    this.#current = { markerId, number: ++this.#startedCount, part, replicaIds };
    return part.prepare(kind, timeLimitInMs);
  }

  async hold(markerId: string, timeLimitInMs: number): Promise<Holding> {
    const { part, replicaIds } = this.#find(markerId);
    await part.hold(timeLimitInMs);
    return { replicaIds, seenServiceTimeInMs: this.#options.seenServiceTime() };
  }

  async seal(marker: Marker): Promise<void> {
    const { part, number } = this.#find(marker.id);
    const isKept = await part.seal(marker);
    this.#options.onSealed();
    if (!isKept) throw new Error('the spool has no room');
    this.#sealedNumber = number;
  }

  abandon(markerId: string): void {
    if (this.#current?.markerId === markerId) this.close();
  }

  close(): void {
    this.#current?.part.end();
    this.#current = undefined;
  }

  #find(markerId: string): Current {
    if (this.#current?.markerId !== markerId) throw new Error('another marker is under way here');
    return this.#current;
  }
}
