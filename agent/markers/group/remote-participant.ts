import type { Marker } from '../../../shared/model/change-log';
import type { Clock } from '../../../shared/ports/clock';
import type { ToCoordinator, ToMember } from './group-messages';
import type { Holding, Participant, Preparation } from './participant';

type Outcome = Extract<ToCoordinator, { markerId: string }>;

interface Waiting {
  readonly markerId: string;
  readonly what: Outcome['what'];
  readonly resolve: (outcome: Outcome) => void;
  readonly reject: (error: Error) => void;
}

const sealLimitInMs = 120_000;

/** Another agent's part in the markers of a group, as its coordinator drives it over the wire. */
export class RemoteParticipant implements Participant {
  #waiting: Waiting | undefined;

  constructor(
    private readonly clock: Clock,
    private readonly send: (message: ToMember) => void,
  ) {}

  async prepare(preparation: Preparation): Promise<boolean> {
    const { markerId, timeLimitInMs } = preparation;
    const message = { step: 'prepare' as const, ...preparation, members: [...preparation.members] };
    const outcome = await this.#ask(message, { markerId, what: 'prepared', timeLimitInMs });
    return outcome.what === 'prepared' && outcome.isFrozen;
  }

  async hold(markerId: string, timeLimitInMs: number): Promise<Holding> {
    const message = { step: 'hold' as const, markerId, timeLimitInMs };
    const outcome = await this.#ask(message, { markerId, what: 'held', timeLimitInMs });
    if (outcome.what !== 'held') throw new Error('a member answered out of turn');
    return outcome;
  }

  async seal(marker: Marker): Promise<void> {
    const message = {
      step: 'seal' as const,
      markerId: marker.id,
      marker: { ...marker, members: [...marker.members] },
    };
    await this.#ask(message, { markerId: marker.id, what: 'sealed', timeLimitInMs: sealLimitInMs });
  }

  abandon(markerId: string): void {
    this.send({ step: 'abandon', markerId });
  }

  take(outcome: Outcome): void {
    const waiting = this.#waiting;
    // What answers an older step comes too late for anybody to ask for it.
    if (waiting?.markerId !== outcome.markerId) return;
    if (outcome.what === waiting.what) waiting.resolve(outcome);
    else if (outcome.what === 'refused') waiting.reject(new Error(outcome.reason));
  }

  close(): void {
    this.#waiting?.reject(new Error('a member of the group went away'));
  }

  #ask(
    message: ToMember,
    { timeLimitInMs, ...awaited }: Pick<Waiting, 'markerId' | 'what'> & { readonly timeLimitInMs: number },
  ): Promise<Outcome> {
    const timer = new AbortController();
    const answered = new Promise<Outcome>((resolve, reject) => {
      this.#waiting = { ...awaited, resolve, reject };
      void this.clock.sleep(timeLimitInMs, timer.signal).then(() => {
        if (!timer.signal.aborted) reject(new Error('a member of the group did not answer in time'));
      });
    });
    this.send(message);
    return answered.finally(() => timer.abort());
  }
}
