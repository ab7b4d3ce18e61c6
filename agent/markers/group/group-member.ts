import { connect } from 'node:net';
import { messageOf } from '../../system/message-of';
import { type ToCoordinator, ToMember } from './group-messages';
import { coordinatorOf, type GroupMarkers, type GroupSettings, publicKeysOf } from './group-settings';
import type { OwnParticipant } from './own-participant';
import { SignedChannel } from './signed-channel';

export interface GroupMemberOptions {
  readonly settings: GroupSettings;
  readonly own: OwnParticipant;
  readonly markers: GroupMarkers;
}

/** How soon a coordinator that is away is called again. */
const againInMs = 1000;

/** Stays connected to the coordinator of its group, and does what it asks. Without it, no marker is cut and nothing held. */
export class GroupMember {
  readonly #options: GroupMemberOptions;
  readonly #stopping = new AbortController();
  readonly #running: Promise<void>;
  #channel: SignedChannel | undefined;
  #epochs = '';

  constructor(options: GroupMemberOptions) {
    this.#options = options;
    this.#running = this.#stayConnected();
  }

  /** Tells the coordinator what this agent feeds: something may be due, or no longer be in the way. */
  stands(epochs: string): void {
    this.#epochs = epochs;
    this.#say({ what: 'stands', epochs });
  }

  /** Asks for a marker now. */
  ask(): void {
    this.#say({ what: 'asks' });
  }

  async close(): Promise<void> {
    this.#stopping.abort();
    this.#channel?.close();
    this.#options.own.close();
    await this.#running;
  }

  async #stayConnected(): Promise<void> {
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      await this.#converse();
      this.#options.own.close();
      if (!signal.aborted) await this.#options.settings.clock.sleep(againInMs, signal);
    }
  }

  /** Resolves when the conversation has ended. */
  #converse(): Promise<void> {
    const { settings, markers } = this.#options;
    const { coordinator: host, port, groupId } = markers.group;
    return new Promise((resolve) => {
      let isOpen = false;
      const channel: SignedChannel = new SignedChannel({
        socket: connect({ host, port }),
        ...{ clock: settings.clock, key: settings.key, agentId: settings.agentId, groupId },
        publicKeyOf: (agentId) =>
          agentId === coordinatorOf(markers) ? publicKeysOf(markers).get(agentId) : undefined,
        onOpen: () => {
          isOpen = true;
          this.#channel = channel;
          this.stands(this.#epochs);
        },
        onMessage: (message) => void this.#take(ToMember.parse(message)),
        onClose: () => {
          this.#channel = undefined;
          if (isOpen) settings.log.warn('the coordinator of the group went away', { host, port });
          resolve();
        },
      });
    });
  }

  async #take(message: ToMember): Promise<void> {
    const { own } = this.#options;
    const { markerId } = message;
    try {
      switch (message.step) {
        case 'prepare':
          return this.#say({ what: 'prepared', markerId, isFrozen: await own.prepare(message) });
        case 'hold':
          return this.#say({
            what: 'held',
            markerId,
            ...(await heldBy(own, markerId, message.timeLimitInMs)),
          });
        case 'seal':
          await own.seal(message.marker);
          return this.#say({ what: 'sealed', markerId });
        case 'abandon':
          return own.abandon(markerId);
      }
    } catch (error) {
      this.#say({ what: 'refused', markerId, reason: messageOf(error).slice(0, 300) });
    }
  }

  #say(message: ToCoordinator): void {
    this.#channel?.send(message);
  }
}

async function heldBy(own: OwnParticipant, markerId: string, timeLimitInMs: number) {
  const { replicaIds, seenServiceTimeInMs } = await own.hold(markerId, timeLimitInMs);
  return { replicaIds: [...replicaIds], seenServiceTimeInMs };
}
