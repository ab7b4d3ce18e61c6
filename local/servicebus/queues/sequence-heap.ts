/** A binary heap of sequence numbers, smallest first. New messages come in order, so adding is nearly free. */
export class SequenceHeap {
  readonly #items: number[] = [];

  get size(): number {
    return this.#items.length;
  }

  peek(): number | undefined {
    return this.#items[0];
  }

  push(sequence: number): void {
    const items = this.#items;
    let at = items.length;
    items.push(sequence);
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (this.#at(parent) <= sequence) break;
      items[at] = this.#at(parent);
      at = parent;
    }
    items[at] = sequence;
  }

  pop(): number | undefined {
    const first = this.#items[0];
    const last = this.#items.pop();
    if (last !== undefined && this.#items.length > 0) this.#sink(last);
    return first;
  }

  #sink(sequence: number): void {
    const items = this.#items;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= items.length) break;
      if (this.#at(child + 1) < this.#at(child)) child += 1;
      if (this.#at(child) >= sequence) break;
      items[at] = this.#at(child);
      at = child;
    }
    items[at] = sequence;
  }

  #at(index: number): number {
    return this.#items[index] ?? Infinity;
  }
}
