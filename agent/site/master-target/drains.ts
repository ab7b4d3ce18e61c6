/** Drains replicas side by side, each one by one at a time; a bell that rings meanwhile is answered after it. */
export class Drains {
  readonly #underWay = new Map<string, Promise<void>>();
  readonly #rung = new Set<string>();
  #isStopped = false;

  constructor(private readonly drain: (replicaId: string) => Promise<void>) {}

  ring(replicaId: string): void {
    if (this.#isStopped) return;
    this.#rung.add(replicaId);
    if (this.#underWay.has(replicaId)) return;
    const working = this.#work(replicaId).finally(() => this.#underWay.delete(replicaId));
    this.#underWay.set(replicaId, working);
  }

  /** Begins nothing more; resolves once nothing is under way. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    await Promise.all(this.#underWay.values());
  }

  async #work(replicaId: string): Promise<void> {
    // By whoever rang, nobody waits: it answers before the work begins.
    await Promise.resolve();
    while (!this.#isStopped && this.#rung.delete(replicaId)) await this.drain(replicaId);
  }
}
