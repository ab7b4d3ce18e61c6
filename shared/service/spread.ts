/**
 * Does the same with every item, `concurrency` of them at a time, taking each only when there is room for it. After a
 * failure no further item is taken; what is under way is awaited, then the first failure is thrown.
 */
export async function spread<T>(
  items: AsyncIterable<T>,
  concurrency: number,
  act: (item: T) => Promise<void>,
): Promise<void> {
  const underWay = new Set<Promise<void>>();
  const failures: unknown[] = [];
  try {
    for await (const item of items) {
      const acting = act(item)
        .catch((error: unknown) => void failures.push(error))
        .finally(() => underWay.delete(acting));
      underWay.add(acting);
      if (underWay.size >= concurrency) await Promise.race(underWay);
      if (failures.length > 0) break;
    }
  } finally {
    await Promise.all(underWay);
  }
  if (failures.length > 0) throw failures[0];
}
