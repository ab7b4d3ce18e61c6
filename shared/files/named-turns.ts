/** Of the acts under one name, one runs at a time, in the order asked; acts under different names run side by side. */
export class NamedTurns {
  readonly #last = new Map<string, Promise<unknown>>();

  async take<T>(name: string, act: () => Promise<T>): Promise<T> {
    const acting = (this.#last.get(name) ?? Promise.resolve()).then(act);
    const settled = acting.catch(() => undefined);
    this.#last.set(name, settled);
    try {
      return await acting;
    } finally {
      if (this.#last.get(name) === settled) this.#last.delete(name);
    }
  }
}
