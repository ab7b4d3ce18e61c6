import type { DesiredState } from '../../../shared/contracts/agent/desired';
import type { ProtectedDisk } from '../../replica/protected-disk';
import { messageOf } from '../../system/message-of';
import type { Freezer } from '../freezer';
import { GroupCoordinator } from './group-coordinator';
import { GroupMember } from './group-member';
import { coordinatorOf, type GroupMarkers, type GroupSettings } from './group-settings';
import { OwnParticipant } from './own-participant';

export interface GroupKeeperOptions {
  readonly settings: GroupSettings;
  readonly freezer: Freezer;
  readonly seenServiceTime: () => number;
  readonly diskOf: (replicaId: string) => ProtectedDisk | undefined;
  readonly onCut: () => void;
  /** A marker may be due. */
  readonly onDue: () => void;
}

type Wish = Pick<DesiredState, 'markers' | 'replicas'>;

interface Group {
  /** Who coordinates where, and who is let in: with another one the conversations start anew. */
  readonly key: string;
  markers: GroupMarkers;
  epochs: string;
  readonly own: OwnParticipant;
  readonly side: GroupCoordinator | GroupMember;
}

const idleInMs = 60_000;
const askLimitInMs = 60_000;
const lookAgainInMs = 100;

/** This agent's groups: those it coordinates, and those it is a member of. */
export class GroupKeeper {
  readonly #options: GroupKeeperOptions;
  readonly #groups = new Map<string, Group>();
  #wish: Wish | undefined;
  #followed: Wish | undefined;

  constructor(options: GroupKeeperOptions) {
    this.#options = options;
  }

  follow(wish: Wish): void {
    this.#wish = wish;
  }

  /** What stood in the way of a marker may be gone. */
  hurry(): void {
    for (const group of this.#groups.values()) this.#tell(group);
  }

  /** Joins and leaves groups as it is wanted, and cuts what is due in those that this agent coordinates. */
  async round(): Promise<void> {
    if (this.#wish !== this.#followed) await this.#settle();
    await Promise.all(this.#coordinated().map((coordinator) => coordinator.round()));
  }

  restInMs(): number {
    return Math.min(idleInMs, ...this.#coordinated().map((coordinator) => coordinator.restInMs()));
  }

  /** Has every group cut a marker that holds everything written until now; rejects if one cannot. */
  async cutAll(): Promise<void> {
    await Promise.all([...this.#groups.values()].map((group) => this.#cutOne(group)));
  }

  async close(): Promise<void> {
    for (const groupId of [...this.#groups.keys()]) await this.#leave(groupId);
  }

  async #settle(): Promise<void> {
    const wish = this.#wish;
    if (wish === undefined) return;
    const wanted = new Map(
      wish.markers.flatMap((each) => (isGroup(each) ? [[each.group.groupId, each] as const] : [])),
    );
    for (const [groupId, { key }] of this.#groups) {
      const now = wanted.get(groupId);
      if (now === undefined || keyOf(now) !== key) await this.#leave(groupId);
    }
    for (const [groupId, each] of wanted) {
      const group = this.#groups.get(groupId) ?? (await this.#join(each));
      group.markers = each;
      group.epochs = epochsOf(wish, each);
      if (group.side instanceof GroupCoordinator) group.side.follow(each);
      this.#tell(group);
    }
    this.#followed = wish;
  }

  #coordinated(): GroupCoordinator[] {
    return [...this.#groups.values()].flatMap(({ side }) => (side instanceof GroupCoordinator ? [side] : []));
  }

  #tell({ side, epochs }: Group): void {
    if (side instanceof GroupCoordinator) side.stands(this.#options.settings.agentId, epochs);
    else side.stands(epochs);
  }

  async #cutOne({ side, own }: Group): Promise<void> {
    if (side instanceof GroupCoordinator) return side.cut('crash');
    const { startedCount } = own.progress;
    side.ask();
    for (let waitedInMs = 0; own.progress.sealedNumber <= startedCount; waitedInMs += lookAgainInMs) {
      if (waitedInMs > askLimitInMs) throw new Error('the group did not cut a marker in time');
      await this.#options.settings.clock.sleep(lookAgainInMs);
    }
  }

  async #join(markers: GroupMarkers): Promise<Group> {
    const { settings, freezer, seenServiceTime, diskOf, onCut, onDue } = this.#options;
    const own = new OwnParticipant({
      ...{ clock: settings.clock, freezer, seenServiceTime, diskOf, onSealed: onCut },
      wantedMembers: () => this.#groups.get(markers.group.groupId)?.markers.members ?? [],
    });
    const side =
      coordinatorOf(markers) === settings.agentId
        ? await GroupCoordinator.start({ settings, own, markers, onDue })
        : new GroupMember({ settings, own, markers });
    const group = { key: keyOf(markers), markers, epochs: '', own, side };
    this.#groups.set(markers.group.groupId, group);
    return group;
  }

  async #leave(groupId: string): Promise<void> {
    const group = this.#groups.get(groupId);
    this.#groups.delete(groupId);
    await group?.side.close().catch((error: unknown) => {
      this.#options.settings.log.warn('a group was left badly', { groupId, reason: messageOf(error) });
    });
  }
}

function isGroup(markers: DesiredState['markers'][number]): markers is GroupMarkers {
  return markers.group !== undefined;
}

/** In which epoch each disk of this agent's part of the group is. */
function epochsOf({ replicas }: Wish, { members }: GroupMarkers): string {
  return replicas
    .filter(({ replicaId }) => members.includes(replicaId))
    .map(({ replicaId, epoch }) => `${replicaId}@${epoch}`)
    .join(' ');
}

function keyOf({ group }: GroupMarkers): string {
  return JSON.stringify(group);
}
