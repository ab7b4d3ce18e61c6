import { coalesced } from '../../../local/storage/coalesced';

/** Work that ends when it is told to. */
function steppedWork() {
  const ends: { resolve: () => void; reject: (error: Error) => void }[] = [];
  let atOnce = 0;
  let most = 0;
  const work = async () => {
    most = Math.max(most, (atOnce += 1));
    await new Promise<void>((resolve, reject) => ends.push({ resolve, reject })).finally(() => (atOnce -= 1));
  };
  return { work, ends, most: () => most };
}

const settle = () => new Promise((resolve) => setImmediate(resolve));

describe('coalesced work', () => {
  it('gives every caller a run that began after his call, one at a time, and few of them', async () => {
    const { work, ends, most } = steppedWork();
    const run = coalesced(work);
    const done: string[] = [];
    const call = (name: string) => run().then(() => done.push(name));
    const calls = [call('first'), call('second'), call('third')];
    expect(ends).toHaveLength(1);

    ends[0]?.resolve();
    await settle();
    expect(done).toEqual(['first']);
    expect(ends).toHaveLength(2);

    calls.push(call('fourth'));
    ends[1]?.resolve();
    await settle();
    expect(done).toEqual(['first', 'second', 'third']);

    ends[2]?.resolve();
    await Promise.all(calls);
    expect(ends).toHaveLength(3);
    expect(most()).toBe(1);
  });

  it('tells a failure to those who waited for it, and to nobody else', async () => {
    const { work, ends } = steppedWork();
    const run = coalesced(work);
    const first = run();
    const second = run();
    ends[0]?.reject(new Error('disk full'));
    await expect(first).rejects.toThrow('disk full');
    await settle();
    ends[1]?.resolve();
    await expect(second).resolves.toBeUndefined();
    const third = run();
    ends[2]?.resolve();
    await expect(third).resolves.toBeUndefined();
  });
});
