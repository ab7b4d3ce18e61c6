/** The writes that cover one place of a disk, the latest made first: a binary heap of their indexes. */
export class LatestFirst {
  readonly #ends: readonly number[];
  readonly #heap: number[] = [];

  /** `ends[index]` is where the write of that index ends. */
  constructor(ends: readonly number[]) {
    this.#ends = ends;
  }

  add(index: number): void {
    const heap = this.#heap;
    let at = heap.push(index) - 1;
    while (at > 0) {
      const above = (at - 1) >> 1;
      const upper = heap[above] ?? index;
      if (upper >= index) break;
      heap[at] = upper;
      at = above;
    }
    heap[at] = index;
  }

  /** The latest write that reaches beyond this offset. Writes that have ended are forgotten on the way. */
  latestBeyond(offsetBytes: number): number | undefined {
    for (;;) {
      const latest = this.#heap[0];
      if (latest === undefined || (this.#ends[latest] ?? 0) > offsetBytes) return latest;
      this.#removeLatest();
    }
  }

  #removeLatest(): void {
    const heap = this.#heap;
    const last = heap.pop();
    if (last === undefined || heap.length === 0) return;
    let at = 0;
    for (;;) {
      const left = 2 * at + 1;
      const child = (heap[left + 1] ?? -1) > (heap[left] ?? -1) ? left + 1 : left;
      const lower = heap[child] ?? -1;
      if (lower <= last) break;
      heap[at] = lower;
      at = child;
    }
    heap[at] = last;
  }
}
