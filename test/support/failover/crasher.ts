import type { FailoverWorld } from './failover-world';

/** Ends the durable engine of a world at chosen points, as a killed process ends: nothing of it happens after that. */
export class Crasher {
  readonly crashes: string[] = [];
  #isOver = false;

  constructor(
    private readonly world: FailoverWorld,
    private readonly wants: (point: string) => boolean,
  ) {}

  async arm(): Promise<void> {
    this.#isOver = false;
    await this.world.engine.restart({ crashPoint: (point) => this.#pass(point) });
  }

  /** The next process takes over, if this one has ended. */
  async revive(): Promise<void> {
    if (this.#isOver) await this.arm();
  }

  #pass(point: string): void {
    if (!this.#isOver && this.wants(point)) {
      this.#isOver = true;
      this.crashes.push(point);
    }
    if (this.#isOver) throw new Error(`ended at ${point}`);
  }
}
