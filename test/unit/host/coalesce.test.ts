import { coalesce } from '../../../local/host/bus/coalesce';

/** A run that ends when it is told to. */
function manualRuns() {
  const runs: { end: () => void; fail: (error: Error) => void }[] = [];
  const run = () => new Promise<void>((resolve, reject) => runs.push({ end: resolve, fail: reject }));
  return { runs, run };
}

const turn = () => new Promise((resolve) => setImmediate(resolve));

describe('coalesced runs', () => {
  it('answers callers who came during a run with the next run, and all of them with one', async () => {
    const { runs, run } = manualRuns();
    const call = coalesce(run);
    const answered: string[] = [];
    void call().then(() => answered.push('first'));
    const late = [call(), call(), call()].map((one, index) => one.then(() => answered.push(`late ${index}`)));
    expect(runs).toHaveLength(1);
    runs[0]?.end();
    await turn();
    expect(answered).toEqual(['first']);
    expect(runs).toHaveLength(2);
    runs[1]?.end();
    await Promise.all(late);
    expect(runs).toHaveLength(2);
  });

  it('runs again after a failure, which only its own callers hear of', async () => {
    const { runs, run } = manualRuns();
    const call = coalesce(run);
    const first = call().catch((error: Error) => error.message);
    const second = call();
    runs[0]?.fail(new Error('disk full'));
    await expect(first).resolves.toBe('disk full');
    await turn();
    runs[1]?.end();
    await expect(second).resolves.toBeUndefined();
  });

  it('never has two runs at a time', async () => {
    let running = 0;
    let most = 0;
    const call = coalesce(async () => {
      most = Math.max(most, ++running);
      await turn();
      running--;
    });
    for (let round = 0; round < 50; round++) {
      void call();
      if (round % 3 === 0) await Promise.resolve();
      if (round % 7 === 0) await turn();
    }
    await call();
    expect(most).toBe(1);
  });
});
