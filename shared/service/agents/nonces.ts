import { isRefusal, LifeboatError } from '../../errors';
import type { Clock } from '../../ports/clock';
import type { Records } from '../../ports/records';

export interface UsedNonce {
  readonly agentId: string;
  readonly nonce: string;
  readonly timeInMs: number;
  readonly isWeighty: boolean;
}

const bucketInMs = 10 * 60_000;
const mostRemembered = 200_000;

/**
 * Lets each nonce through once. Every instance remembers what it saw; what gives or changes something is remembered in
 * the catalogue too, for all instances. The other calls are level-triggered, so that a replay of them elsewhere changes
 * nothing, and remembering them all would cost more than they do.
 */
export class Nonces {
  readonly #seen = new Map<number, Set<string>>();

  constructor(
    private readonly records: Records,
    private readonly clock: Clock,
  ) {}

  async use({ agentId, nonce, timeInMs, isWeighty }: UsedNonce): Promise<void> {
    const bucket = Math.floor(timeInMs / bucketInMs);
    const seen = this.#bucket(bucket);
    const name = `${agentId}/${nonce}`;
    if (seen.has(name)) throw replayed();
    seen.add(name);
    if (!isWeighty) return;
    try {
      await this.records.create({ partition: noncePartition(bucket), id: name }, { timeInMs });
    } catch (error) {
      throw isRefusal(error, 'Conflict') ? replayed() : error;
    }
  }

  #bucket(bucket: number): Set<string> {
    const oldest = Math.floor(this.clock.now() / bucketInMs) - 1;
    for (const [key, names] of this.#seen) {
      if (key < oldest || names.size > mostRemembered) this.#seen.delete(key);
    }
    const there = this.#seen.get(bucket) ?? new Set<string>();
    this.#seen.set(bucket, there);
    return there;
  }
}

function noncePartition(bucket: number): string {
  return `nonces-${bucket}`;
}

/** Forgets nonces that are too old to be taken in any case. Safe to repeat. */
export async function forgetOldNonces(records: Records, clock: Clock): Promise<void> {
  const now = Math.floor(clock.now() / bucketInMs);
  for (let bucket = now - 4; bucket <= now - 2; bucket++) {
    const partition = noncePartition(bucket);
    const page = await records.list(partition, { limit: 1_000 });
    for (const { id } of page.records) await records.remove({ partition, id });
  }
}

function replayed(): LifeboatError {
  return new LifeboatError('Replayed', 'This very request was made before.');
}
