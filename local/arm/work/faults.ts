import { z } from 'zod';

/**
 * One fault that a test asks for. `refuse` answers an error and does nothing; `loseAnswer` does the work and breaks the
 * connection; `fail` lets the work itself fail after it was accepted; `die` ends the process half way through it.
 */
export const Fault = z.object({
  /** `PUT Microsoft.Compute/disks`, `POST Microsoft.Compute/virtualMachines/start`; without regard to case. */
  operation: z.string(),
  kind: z.enum(['refuse', 'loseAnswer', 'fail', 'die']),
  /** The how manieth such call from now on. */
  call: z.int().positive().default(1),
  status: z.int().min(400).max(599).default(503),
  code: z.string().default('ServiceUnavailable'),
  message: z.string().default('The service is unavailable now. Please try again later.'),
});
export type Fault = z.infer<typeof Fault>;

export interface SeededFaults {
  readonly seed: number;
  /** The share of changing calls that meet one. */
  readonly rate: number;
}

/** Faults on purpose: scripted ones in the order they were asked for, and others by a seed. */
export class Faults {
  #scripted: { fault: Fault; left: number }[] = [];
  #state: number;
  readonly #rate: number;

  constructor(seeded: SeededFaults = { seed: 1, rate: 0 }) {
    this.#state = seeded.seed >>> 0 || 1;
    this.#rate = seeded.rate;
  }

  script(faults: readonly Fault[]): void {
    this.#scripted = faults.map((fault) => ({ fault, left: fault.call }));
  }

  /** The fault that this call meets, if any. */
  next(operation: string): Fault | undefined {
    const hit = this.#scripted.find(({ fault, left }) => left > 0 && isSame(fault.operation, operation));
    if (hit !== undefined && --hit.left === 0) return hit.fault;
    if (this.#rate === 0 || operation.startsWith('GET') || this.#draw() >= this.#rate) return undefined;
    const kind = (['refuse', 'loseAnswer', 'fail'] as const)[Math.floor(this.#draw() * 3)] ?? 'refuse';
    return Fault.parse({ operation, kind });
  }

  /** xorshift32. */
  #draw(): number {
    let state = this.#state;
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    this.#state = state >>> 0;
    return this.#state / 2 ** 32;
  }
}

function isSame(left: string, right: string): boolean {
  return left.toLowerCase() === right.toLowerCase();
}
