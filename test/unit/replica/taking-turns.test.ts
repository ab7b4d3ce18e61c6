import { ReadWriteLock } from '../../../shared/files/read-write-lock';
import { spread } from '../../../shared/service/spread';

/** A promise, and what ends it. */
function pending(): { readonly promise: Promise<void>; readonly end: () => void } {
  let end: () => void = () => undefined;
  const promise = new Promise<void>((resolve) => (end = resolve));
  return { promise, end };
}

async function turns(): Promise<void> {
  for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
}

describe('spreading work', () => {
  it('waits, after a failure, for what is under way, and takes nothing more', async () => {
    const slow = pending();
    const taken: number[] = [];
    let isOver = false;
    const spreading = spread(counting(), 2, async (item) => {
      taken.push(item);
      if (item === 0) return slow.promise;
      throw new Error('failed');
    }).finally(() => (isOver = true));
    spreading.catch(() => undefined);
    await turns();
    expect(isOver).toBe(false);
    slow.end();
    await expect(spreading).rejects.toThrow('failed');
    expect(taken).toEqual([0, 1]);
  });

  it('never has more under way than it may', async () => {
    let underWay = 0;
    let most = 0;
    let done = 0;
    await spread(counting(30), 3, async () => {
      most = Math.max(most, (underWay += 1));
      await turns();
      underWay -= 1;
      done += 1;
    });
    expect([most, done]).toEqual([3, 30]);
  });
});

describe('a lock to share or to have alone', () => {
  it('is had alone only once all that share it have let go, and before all that ask later', async () => {
    const lock = new ReadWriteLock();
    const order: string[] = [];
    const first = pending();
    const sharing = lock.shared(() => first.promise.then(() => void order.push('first')));
    const alone = lock.exclusive(async () => {
      order.push('alone');
      await turns();
    });
    const later = lock.shared(async () => void order.push('later'));
    await turns();
    expect(order).toEqual([]);
    first.end();
    await Promise.all([sharing, alone, later]);
    expect(order).toEqual(['first', 'alone', 'later']);
  });

  it('goes on after one that failed', async () => {
    const lock = new ReadWriteLock();
    const failing = lock.exclusive(async () => Promise.reject(new Error('failed')));
    await expect(failing).rejects.toThrow('failed');
    expect(await lock.shared(async () => 1)).toBe(1);
    expect(await lock.exclusive(async () => 2)).toBe(2);
  });
});

async function* counting(until = Infinity): AsyncGenerator<number> {
  for (let item = 0; item < until; item += 1) yield item;
}
