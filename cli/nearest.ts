/** The known name that a mistyped one was most likely meant to be, if any is near. */
export function nearest(wanted: string, known: Iterable<string>): string | undefined {
  let best: { name: string; distance: number } | undefined;
  for (const name of known) {
    const distance = editDistance(wanted.toLowerCase(), name.toLowerCase());
    if (distance <= Math.max(1, Math.floor(wanted.length / 3)) && distance < (best?.distance ?? Infinity)) {
      best = { name, distance };
    }
  }
  return best?.name;
}

/** How many letters must be put in, taken out, changed or swapped with their neighbour to make one word of the other. */
function editDistance(left: string, right: string): number {
  let before: readonly number[] = [];
  let row: readonly number[] = Array.from({ length: right.length + 1 }, (_, index) => index);
  for (let at = 1; at <= left.length; at++) {
    const next = [at];
    for (let to = 1; to <= right.length; to++) {
      const kept = (row[to - 1] ?? 0) + (left[at - 1] === right[to - 1] ? 0 : 1);
      const isSwap = left[at - 1] === right[to - 2] && left[at - 2] === right[to - 1];
      const swapped = isSwap ? (before[to - 2] ?? Infinity) + 1 : Infinity;
      next.push(Math.min(kept, swapped, (row[to] ?? 0) + 1, (next[to - 1] ?? 0) + 1));
    }
    [before, row] = [row, next];
  }
  return row[right.length] ?? 0;
}
