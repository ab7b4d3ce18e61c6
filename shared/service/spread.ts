/** How many items may be under way at once, and how heavy they may be together; the last one taken may go beyond that. */
export interface Room<T> {
  readonly items: number;
  readonly weight: number;
  readonly weightOf: (item: T) => number;
}

/**
 * Does the same with every item, several at a time, taking each only when there is room for it. After a failure no
 * further item is taken; what is under way is awaited, then the first failure is thrown.
 */
export async function spread<T>(
  items: AsyncIterable<T>,
  room: number | Room<T>,
  act: (item: T) => Promise<void>,
): Promise<void> {
  const {
    items: itemLimit,
    weight: weightLimit,
    weightOf,
  } = typeof room === 'number' ? unweighed(room) : room;
  let weight = 0;
  const underWay = new Set<Promise<void>>();
  const failures: unknown[] = [];
  try {
    for await (const item of items) {
      // Weighed once, so that an item can be forgotten while it is acted upon.
      const itemWeight = weightOf(item);
      const acting = act(item)
        .catch((error: unknown) => void failures.push(error))
        .finally(() => {
          underWay.delete(acting);
          weight -= itemWeight;
        });
      underWay.add(acting);
      weight += itemWeight;
      while (underWay.size >= itemLimit || weight >= weightLimit) await Promise.race(underWay);
      if (failures.length > 0) break;
    }
  } finally {
    await Promise.all(underWay);
  }
  if (failures.length > 0) throw failures[0];
}

function unweighed<T>(items: number): Room<T> {
  return { items, weight: Infinity, weightOf: () => 0 };
}
