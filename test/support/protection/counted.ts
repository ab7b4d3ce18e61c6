/** How often each method of some objects was called. */
export class Counted {
  readonly calls = new Map<string, number>();

  /** From here on calls of these methods are counted, under the names given. */
  count(target: object, names: Readonly<Record<string, string>>): void {
    for (const [method, name] of Object.entries(names)) {
      const original = Reflect.get(target, method) as (...all: readonly unknown[]) => unknown;
      Reflect.set(target, method, (...all: readonly unknown[]) => {
        this.calls.set(name, (this.calls.get(name) ?? 0) + 1);
        return original.apply(target, all as unknown[]);
      });
    }
  }

  of(name: string): number {
    return this.calls.get(name) ?? 0;
  }
}
