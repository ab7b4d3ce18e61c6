import { type Clock } from '../../../local/host/clock';

/** A clock that moves only when it is told to. */
export class ManualClock implements Clock {
  #nowMs: number;
  #scheduled: { readonly atMs: number; readonly run: () => void }[] = [];

  constructor(nowMs: number) {
    this.#nowMs = nowMs;
  }

  now(): number {
    return this.#nowMs;
  }

  schedule(atMs: number, run: () => void): () => void {
    const entry = { atMs, run };
    this.#scheduled.push(entry);
    return () => {
      this.#scheduled = this.#scheduled.filter((one) => one !== entry);
    };
  }

  /** Runs what is due up to this moment, in its order, and lets what it started settle in between. */
  async moveTo(untilMs: number): Promise<void> {
    for (;;) {
      await settle();
      const next = this.#scheduled.filter(({ atMs }) => atMs <= untilMs).sort((a, b) => a.atMs - b.atMs)[0];
      if (next === undefined) break;
      this.#scheduled = this.#scheduled.filter((one) => one !== next);
      this.#nowMs = Math.max(this.#nowMs, next.atMs);
      next.run();
    }
    this.#nowMs = untilMs;
  }

  async moveBy(durationInMs: number): Promise<void> {
    await this.moveTo(this.#nowMs + durationInMs);
  }
}

/** Lets every promise that can go on go on. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setImmediate(resolve));
}
