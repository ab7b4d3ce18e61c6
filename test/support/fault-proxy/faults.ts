import { createHash } from 'node:crypto';
import { SeededChance } from '../seeded-chance';

/**
 * What may happen to a request on its way. `drop`: it never arrives. `delay`: it arrives late. `duplicate`: it arrives
 * twice, the second time perhaps much later. `cutRequest`, `cutAnswer`: the connection breaks halfway there or back.
 * `corrupt`: a bit of the answer is wrong. `busy`: storage refuses for now, with or without Retry-After. `lost`: it has
 * its effect, and nobody hears.
 */
export const faultKinds = [
  'drop',
  'delay',
  'duplicate',
  'cutRequest',
  'cutAnswer',
  'corrupt',
  'busy',
  'lost',
] as const;
export type FaultKind = (typeof faultKinds)[number];

export interface Fault {
  readonly kind: FaultKind;
  /** In [0, 1): how long, which byte, which answer. */
  readonly extent: number;
}

export interface FaultPlanOptions {
  readonly seed: number;
  /** The share of requests that meet a fault. */
  readonly rate: number;
  readonly kinds?: readonly FaultKind[];
}

/**
 * Decides what happens to which request. The same request, counted by how often it was made, meets the same fate under the same
 * seed, whatever else is under way at the time.
 */
export class FaultPlan {
  readonly #seen = new Map<string, number>();
  readonly #counts = new Map<FaultKind, number>();

  constructor(private readonly options: FaultPlanOptions) {}

  get counts(): Readonly<Partial<Record<FaultKind, number>>> {
    return Object.fromEntries(this.#counts);
  }

  get total(): number {
    return [...this.#counts.values()].reduce((sum, count) => sum + count, 0);
  }

  next(request: string): Fault | undefined {
    const time = (this.#seen.get(request) ?? 0) + 1;
    this.#seen.set(request, time);
    const { seed, rate, kinds = faultKinds } = this.options;
    const hash = createHash('sha256').update(`${seed} ${request} ${time}`).digest();
    const chance = new SeededChance(hash.readUInt32LE(0));
    if (chance.next() >= rate) return undefined;
    const kind = chance.pick(kinds);
    this.#counts.set(kind, (this.#counts.get(kind) ?? 0) + 1);
    return { kind, extent: chance.next() };
  }
}
