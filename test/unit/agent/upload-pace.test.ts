import { UploadPace } from '../../../agent/ship/upload-pace';

const mebibyte = 2 ** 20;
const never = new AbortController().signal;

let nowInMs: number;
let limit: number | undefined;
let pace: UploadPace;
beforeEach(() => {
  nowInMs = 1_000_000;
  limit = undefined;
  // Whoever sleeps wakes up on time, and no other time passes.
  const clock = {
    now: () => nowInMs,
    sleep: (durationInMs: number) => {
      nowInMs += durationInMs;
      return Promise.resolve();
    },
  };
  pace = new UploadPace(clock, () => limit);
});

/** How long these uploads take, one begun after the other. */
async function timeOf(sizesInBytes: readonly number[]): Promise<number> {
  const startedAtMs = nowInMs;
  for (const sizeInBytes of sizesInBytes) await pace.pass(sizeInBytes, never);
  return nowInMs - startedAtMs;
}

describe('the pace of uploads', () => {
  it('is as fast as it can be while nothing limits it', async () => {
    expect(await timeOf([64 * mebibyte, 64 * mebibyte])).toBe(0);
  });

  it('lets an upload begin once all before it would be done at the limit', async () => {
    limit = 2 * mebibyte;
    expect(await timeOf([mebibyte, 4 * mebibyte, 0])).toBe(2500);
  });

  it('owes nothing for time in which nothing was sent', async () => {
    limit = mebibyte;
    await timeOf([mebibyte]);
    nowInMs += 60_000;
    expect(await timeOf([mebibyte, mebibyte])).toBe(1000);
  });

  it('follows a limit that changes, and one that ends', async () => {
    limit = mebibyte;
    await timeOf([mebibyte]);
    limit = 4 * mebibyte;
    expect(await timeOf([4 * mebibyte, 0])).toBe(2000);
    limit = undefined;
    expect(await timeOf([64 * mebibyte, mebibyte])).toBe(0);
  });

  it('does not wait for hours because the clock was put back by them', async () => {
    limit = mebibyte;
    await timeOf([mebibyte]);
    nowInMs -= 3 * 3_600_000;
    expect(await timeOf([mebibyte])).toBe(1000);
  });
});
