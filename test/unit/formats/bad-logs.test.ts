import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { crc32 } from 'node:zlib';
import { isRefusal } from '../../../shared/errors';
import { readChangeLog } from '../../../shared/formats/change-log/read-change-log';
import { verifyChangeLog } from '../../../shared/formats/change-log/verify-change-log';

const good = readFileSync(`${__dirname}/golden/sorted.changelog`);
const compressed = readFileSync(`${__dirname}/golden/compressed.changelog`);
const withMarker = readFileSync(`${__dirname}/golden/unsorted-with-marker.changelog`);
const frameAt = 128;
const recordsAt = 160;
const trailerAt = good.length - 64;

/** Each makes one thing wrong, then mends every checksum and digest, so that only the lie is left. */
const lies: readonly (readonly [string, string, (log: Buffer) => void])[] = [
  ['LogUnknownVersion', 'is of version 2', (log) => log.writeUInt16LE(2, 8)],
  ['LogUnknownVersion', 'has an unknown flag', (log) => log.writeUInt16LE(3, 10)],
  ['LogUnknownVersion', 'uses a byte that is kept zero', (log) => log.writeUInt8(1, 110)],
  ['LogUnknownVersion', 'has a frame of an unknown codec', (log) => log.writeUInt16LE(2, frameAt + 4)],
  ['LogUnknownVersion', 'has a record of an unknown kind', (log) => log.writeUInt16LE(3, recordsAt + 10)],
  ['LogCorrupt', 'is of epoch 0', (log) => log.writeUInt32LE(0, 32)],
  ['LogCorrupt', 'is of sequence 0', (log) => log.writeUInt32LE(0, 40)],
  ['LogCorrupt', 'began after it ended', (log) => log.writeUInt32LE(0xffffffff, 88)],
  ['LogCorrupt', 'says sorted and is not', (log) => log.writeUInt32LE(100, recordsAt)],
  ['LogCorrupt', 'writes nothing somewhere', (log) => log.writeUInt32LE(0, recordsAt + 18)],
  ['LogCorrupt', 'holds more data than its records', (log) => log.writeUInt16LE(2, recordsAt + 10)],
  ['LogCorrupt', 'has records for more data than it holds', (log) => log.writeUInt32LE(2, recordsAt + 6)],
  ['LogCorrupt', 'has a body of another length than its data', (log) => log.writeUInt32LE(1024, frameAt + 8)],
  ['LogCorrupt', 'counts other frames in its trailer', (log) => log.writeUInt32LE(2, trailerAt + 8)],
  ['LogCorrupt', 'counts other records in its trailer', (log) => log.writeUInt32LE(3, trailerAt + 12)],
  ['LogCorrupt', 'counts other bytes in its trailer', (log) => log.writeUInt32LE(0, trailerAt + 16)],
  ['LogOversized', 'claims a marker of 4 GiB', (log) => log.writeUInt32LE(0xffffffff, 12)],
  ['LogOversized', 'claims a frame of 4 GiB', (log) => log.writeUInt32LE(0xfffffe00, frameAt + 8)],
  ['LogOversized', 'claims 65,535 records in a frame', (log) => log.writeUInt16LE(0xffff, frameAt + 6)],
  ['LogOversized', 'names a disk of 2^53 bytes', (log) => log.writeUInt32LE(0xffffffff, 84)],
  ['LogOutOfRange', 'writes beyond the end of its disk', (log) => log.writeUInt32LE(2047, recordsAt + 12)],
  ['LogOutOfRange', 'names a disk smaller than its writes', (log) => log.writeUInt32LE(512, 80)],
  ['LogUnaligned', 'names a disk of half a sector', (log) => log.writeUInt32LE(1_048_832, 80)],
  ['LogUnaligned', 'has a frame of half a sector', (log) => log.writeUInt32LE(768, frameAt + 8)],
];

describe('a bad change log', () => {
  it.each(lies)('is refused as %s when it %s', async (code, _what, lie) => {
    const log = Buffer.from(good);
    lie(log);
    await expect(verified(mended(log))).rejects.toMatchObject({ code });
  });

  it('is refused as LogTruncated wherever it is cut', async () => {
    for (const whole of [good, withMarker]) {
      for (let length = 0; length < whole.length; length += 1) {
        const cut = whole.subarray(0, length);
        await expect(verified(cut)).rejects.toMatchObject({ code: 'LogTruncated' });
      }
    }
  });

  it('is refused whichever single bit of it is wrong', async () => {
    for (const whole of [good, withMarker]) {
      for (let at = 0; at < whole.length; at += 1) {
        const torn = Buffer.from(whole);
        torn[at] = (torn[at] ?? 0) ^ (1 << (at % 8));
        await expect(verified(torn)).rejects.toMatchObject({ code: expect.stringMatching(/^Log/) });
      }
    }
  });

  it('is refused as LogTorn when its data are damaged', async () => {
    const torn = Buffer.from(good);
    torn.writeUInt8(0, 400);
    await expect(verified(torn)).rejects.toMatchObject({ code: 'LogTorn' });
  });

  it('hands out nothing of a frame that is damaged, or is not the one that was verified', async () => {
    const torn = Buffer.from(good);
    torn.writeUInt8(0, 400);
    expect(await handedOut(torn)).toEqual({ frames: 0, code: 'LogTorn' });

    const verified = await verifyChangeLog(once(good));
    expect(await handedOut(good, verified)).toEqual({ frames: 1, code: undefined });
    const other = Buffer.from(good);
    other.writeUInt8(0, 400);
    expect(await handedOut(mended(other))).toEqual({ frames: 1, code: undefined });
    expect(await handedOut(mended(other), verified)).toEqual({ frames: 0, code: 'LogTorn' });
  });

  it('is refused when it goes on after its end', async () => {
    const longer = Buffer.concat([good, Buffer.alloc(1)]);
    await expect(verified(longer)).rejects.toMatchObject({ code: 'LogCorrupt' });
  });

  it('is refused when its compressed data are other than they claim', async () => {
    const bomb = Buffer.from(compressed);
    bomb.writeUInt32LE(262_144, frameAt + 8);
    await expect(verified(mended(bomb))).rejects.toMatchObject({ code: 'LogOversized' });
    const other = Buffer.from(compressed);
    other.writeUInt32LE(8704, frameAt + 8);
    await expect(verified(mended(other))).rejects.toMatchObject({ code: 'LogCorrupt' });
    const broken = Buffer.from(compressed);
    broken.fill(0xff, recordsAt + 12, recordsAt + 62);
    await expect(verified(mended(broken))).rejects.toMatchObject({ code: 'LogCorrupt' });
  });
});

/** Corrects every checksum and digest, as a liar would. All these logs have one frame, and no marker. */
function mended(log: Buffer): Buffer {
  const seal = (from: number, until: number): void => {
    log.writeUInt32LE(crc32(log.subarray(from, until - 4)), until - 4);
  };
  const trailer = log.length - 64;
  seal(0, frameAt);
  log.writeUInt32LE(crc32(log.subarray(recordsAt, trailer)), frameAt + 16);
  seal(frameAt, recordsAt);
  createHash('sha256')
    .update(log.subarray(0, trailer))
    .digest()
    .copy(log, trailer + 24);
  seal(trailer, log.length);
  return log;
}

async function handedOut(
  log: Buffer,
  verified?: { readonly digest: string; readonly frameDigests: readonly string[] },
): Promise<{ frames: number; code: string | undefined }> {
  const reader = await readChangeLog(once(log), verified === undefined ? {} : { verified });
  let frames = 0;
  try {
    for await (const _frame of reader.frames()) frames += 1;
    return { frames, code: undefined };
  } catch (error) {
    return { frames, code: isRefusal(error) ? error.code : 'not a refusal' };
  }
}

function verified(log: Buffer): Promise<unknown> {
  return verifyChangeLog(once(log));
}

async function* once(log: Buffer): AsyncGenerator<Uint8Array> {
  yield log;
}
