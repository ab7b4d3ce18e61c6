/** Many may share it, or one may have it alone; nobody waits for ever, because it is given in the order asked. */
export class ReadWriteLock {
  #lastExclusive: Promise<unknown> = Promise.resolve();
  #sharing = new Set<Promise<unknown>>();

  /** Runs beside others that share. */
  async shared<T>(act: () => Promise<T>): Promise<T> {
    const acting = this.#lastExclusive.then(act);
    const settled = acting.catch(() => undefined);
    this.#sharing.add(settled);
    try {
      return await acting;
    } finally {
      this.#sharing.delete(settled);
    }
  }

  /** Runs alone: after all that were asked for before, and before all that are asked for later. */
  async exclusive<T>(act: () => Promise<T>): Promise<T> {
    const before = Promise.all([this.#lastExclusive, ...this.#sharing]);
    const acting = before.then(act);
    this.#lastExclusive = acting.catch(() => undefined);
    return acting;
  }
}
