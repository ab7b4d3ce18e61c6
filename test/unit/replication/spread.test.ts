import { spread } from '../../../shared/service/spread';

async function* each(items: readonly number[]): AsyncGenerator<number> {
  yield* items;
}

/** How many items, and how much weight, were ever under way at once. */
async function mostOf(
  items: readonly number[],
  room: { items: number; weight: number },
): Promise<{ readonly count: number; readonly weight: number }> {
  const underWay: number[] = [];
  const most = { count: 0, weight: 0 };
  await spread(each(items), { ...room, weightOf: (item) => item }, async (item) => {
    underWay.push(item);
    const weight = underWay.reduce((sum, one) => sum + one, 0);
    most.count = Math.max(most.count, underWay.length);
    most.weight = Math.max(most.weight, weight);
    await new Promise((resolve) => setImmediate(resolve));
    underWay.splice(underWay.indexOf(item), 1);
  });
  expect(underWay).toEqual([]);
  return most;
}

describe('spreading work', () => {
  it('does many light items at once', async () => {
    expect(await mostOf(Array<number>(40).fill(1), { items: 8, weight: 20 })).toEqual({
      count: 8,
      weight: 8,
    });
  });

  it('does only as many heavy ones as there is room for', async () => {
    expect(await mostOf(Array<number>(40).fill(10), { items: 8, weight: 20 })).toEqual({
      count: 2,
      weight: 20,
    });
  });

  it('does one that is too heavy alone', async () => {
    expect(await mostOf([50, 50, 50], { items: 8, weight: 20 })).toEqual({ count: 1, weight: 50 });
  });
});
