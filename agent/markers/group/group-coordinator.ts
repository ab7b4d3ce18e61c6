import { createServer, type Server, type Socket } from 'node:net';
import { once } from 'node:events';
import type { MarkerKind } from '../../../shared/model/change-log';
import { timeOrderedId } from '../../../shared/model/time-ordered-id';
import { Turn } from '../../system/turn';
import { MarkerSchedule } from '../../run/marker-schedule';
import { cutGroupMarker } from './cut-group-marker';
import { ToCoordinator } from './group-messages';
import { type GroupMarkers, type GroupSettings, publicKeysOf } from './group-settings';
import type { OwnParticipant } from './own-participant';
import { RemoteParticipant } from './remote-participant';
import { SignedChannel } from './signed-channel';

export interface GroupCoordinatorOptions {
  readonly settings: GroupSettings;
  readonly own: OwnParticipant;
  readonly markers: GroupMarkers;
  readonly onDue: () => void;
}

interface Member {
  readonly participant: RemoteParticipant;
  readonly channel: SignedChannel;
}

/** How soon a marker that could not be cut is tried again. */
const againInMs = 1000;

/** Lets the members of a group in, and has all of them cut when a marker is due. */
export class GroupCoordinator {
  readonly #options: GroupCoordinatorOptions;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  readonly #members = new Map<string, Member>();
  readonly #epochs = new Map<string, string>();
  readonly #turn = new Turn();
  #markers: GroupMarkers;
  #schedule: MarkerSchedule;
  #lastFailure = '';

  private constructor(options: GroupCoordinatorOptions) {
    this.#options = options;
    this.#markers = options.markers;
    this.#schedule = new MarkerSchedule(options.markers, options.settings.clock.now());
    this.#server = createServer((socket) => this.#letIn(socket));
  }

  static async start(options: GroupCoordinatorOptions): Promise<GroupCoordinator> {
    const coordinator = new GroupCoordinator(options);
    const { group } = options.markers;
    const host = options.settings.listenAddress ?? group.coordinator;
    coordinator.#server.listen({ host, port: group.port });
    await once(coordinator.#server, 'listening');
    return coordinator;
  }

  follow(markers: GroupMarkers): void {
    const { clock } = this.#options.settings;
    const hasOtherMembers = markers.members.join() !== this.#markers.members.join();
    this.#markers = markers;
    if (hasOtherMembers) this.#schedule = new MarkerSchedule(markers, clock.now());
    else this.#schedule.follow(markers, clock.now());
  }

  /** What an agent feeds. A member in a new epoch makes a new schedule, whose first marker is due at once. */
  stands(agentId: string, epochs: string): void {
    if (this.#epochs.get(agentId) === epochs) this.#schedule.hurry();
    else this.#schedule = new MarkerSchedule(this.#markers, this.#options.settings.clock.now());
    this.#epochs.set(agentId, epochs);
    this.#options.onDue();
  }

  hurry(): void {
    this.#schedule.hurry();
  }

  restInMs(): number {
    return this.#schedule.nextInMs(this.#options.settings.clock.now());
  }

  /** Cuts what is due. */
  async round(): Promise<void> {
    const { clock, log } = this.#options.settings;
    const schedule = this.#schedule;
    const due = schedule.due(clock.now());
    if (due === undefined) return;
    try {
      await this.cut(due.kind);
      schedule.wasCut(due, clock.now());
      this.#lastFailure = '';
    } catch (error) {
      schedule.failed(clock.now(), againInMs);
      const reason = String(error);
      if (reason !== this.#lastFailure) log.warn('a marker of the group could not be cut', { reason });
      this.#lastFailure = reason;
    }
  }

  /** Cuts one marker now; rejects with what stood in the way. */
  cut(kind: MarkerKind): Promise<void> {
    return this.#turn.take(async () => {
      const { settings, own } = this.#options;
      const { members, group } = this.#markers;
      const others = group.members.filter(({ agentId }) => agentId !== settings.agentId);
      const present = others.flatMap(({ agentId }) => this.#members.get(agentId)?.participant ?? []);
      if (present.length < others.length)
        throw new Error(`${others.length - present.length} of ${group.members.length} agents are away`);
      const markerId = timeOrderedId(settings.clock.now(), settings.ids.uuid());
      await cutGroupMarker({
        ...{ markerId, kind, members, participants: [own, ...present] },
        now: () => settings.clock.now(),
        ...{ prepareLimitInMs: settings.prepareLimitInMs, holdLimitInMs: settings.holdLimitInMs },
      });
    });
  }

  async close(): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve));
    for (const socket of this.#sockets) socket.destroy();
    this.#options.own.close();
    await closed;
  }

  #letIn(socket: Socket): void {
    const { settings, onDue } = this.#options;
    // Those who have not proved who they are get as many places as there are members, and no more.
    if (this.#sockets.size >= 2 * this.#markers.group.members.length) return void socket.destroy();
    this.#sockets.add(socket);
    let member: (Member & { readonly agentId: string }) | undefined;
    const channel: SignedChannel = new SignedChannel({
      ...{ socket, clock: settings.clock, key: settings.key, agentId: settings.agentId },
      groupId: this.#markers.group.groupId,
      publicKeyOf: (agentId) => publicKeysOf(this.#markers).get(agentId),
      onOpen: (agentId) => {
        const participant = new RemoteParticipant(settings.clock, (message) => channel.send(message));
        this.#members.get(agentId)?.channel.close();
        member = { agentId, participant, channel };
        this.#members.set(agentId, member);
        onDue();
      },
      onMessage: (message) => {
        if (member !== undefined) this.#take(member, ToCoordinator.parse(message));
      },
      onClose: () => {
        this.#sockets.delete(socket);
        member?.participant.close();
        if (member !== undefined && this.#members.get(member.agentId) === member)
          this.#members.delete(member.agentId);
      },
    });
  }

  #take({ agentId, participant }: Member & { readonly agentId: string }, message: ToCoordinator): void {
    if (message.what === 'stands') return this.stands(agentId, message.epochs);
    if (message.what !== 'asks') return participant.take(message);
    void this.cut('crash').catch((error: unknown) =>
      this.#options.settings.log.warn('a marker that a member asked for could not be cut', {
        reason: String(error),
      }),
    );
  }
}
