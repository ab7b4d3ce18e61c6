import type { ReplicaReport } from '../../shared/contracts/agent/report';
import type { Clock } from '../../shared/ports/clock';
import { messageOf } from '../system/message-of';

/** Longer than the longest pause between two tries: what still fails is seen to fail again before it is forgotten. */
const rememberedInMs = 40 * 60_000;
const messageLimit = 500;

/** Something that failed, and that a person must know of for as long as it may still fail. */
export class Trouble {
  #last: { readonly atInMs: number; readonly message: string } | undefined;

  constructor(
    private readonly code: string,
    private readonly what: string,
    private readonly clock: Clock,
  ) {}

  note(error: unknown): void {
    const message = `${this.what}: ${messageOf(error)}`.slice(0, messageLimit);
    this.#last = { atInMs: this.clock.now(), message };
  }

  /** It was seen to work again. */
  end(): void {
    this.#last = undefined;
  }

  get problem(): ReplicaReport['problem'] {
    if (this.#last === undefined || this.clock.now() - this.#last.atInMs > rememberedInMs) return undefined;
    return { code: this.code, message: this.#last.message };
  }
}
