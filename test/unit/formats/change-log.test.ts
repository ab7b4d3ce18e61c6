import * as fc from 'fast-check';
import { encodeChangeLog } from '../../../shared/formats/change-log/encode-change-log';
import { readChangeLog } from '../../../shared/formats/change-log/read-change-log';
import { verifyChangeLog } from '../../../shared/formats/change-log/verify-change-log';
import type { LogHeader } from '../../../shared/model/change-log';
import type { Extent } from '../../../shared/model/extent';
import { applyPlainly } from '../../support/plain-disk';
import { anyExtents, anyHeader } from './arbitrary-logs';

const diskSizeBytes = 64 * 512;

describe('a change log', () => {
  it('gives back its header and the writes it was made of, whatever the codec and the chunks', async () => {
    await fc.assert(
      fc.asyncProperty(
        anyHeader(diskSizeBytes),
        anyExtents(diskSizeBytes),
        fc.constantFrom('none' as const, 'lz4' as const),
        fc.integer({ min: 1, max: 5000 }),
        async (header, extents, codec, chunkBytes) => {
          const { bytes, digest } = await encodeChangeLog(header, extents, { codec });
          const reader = await readChangeLog(inChunks(bytes, chunkBytes));
          const read = await collect(reader.frames());
          expect(reader.header).toEqual(header);
          expect(reader.digest).toBe(digest);
          expect(applyPlainly(read, diskSizeBytes).equals(applyPlainly(extents, diskSizeBytes))).toBe(true);
        },
      ),
      { numRuns: 200 },
    );
  });

  it('is sealed to the same bytes every time', async () => {
    await fc.assert(
      fc.asyncProperty(anyHeader(diskSizeBytes), anyExtents(diskSizeBytes), async (header, extents) => {
        const first = await encodeChangeLog(header, extents);
        const second = await encodeChangeLog(header, extents);
        expect(second.digest).toBe(first.digest);
        expect(Buffer.from(first.bytes).equals(second.bytes)).toBe(true);
      }),
      { numRuns: 20 },
    );
  });

  it('carries extents larger than a frame, and runs of zeros larger than a record', async () => {
    const sizeBytes = 3 * 2 ** 41;
    const data = Buffer.alloc(1024 * 1024 + 512, 'lifeboat');
    const extents: Extent[] = [
      { kind: 'data', offsetBytes: 512, lengthBytes: data.length, data },
      { kind: 'zero', offsetBytes: 2 ** 40, lengthBytes: 5 * 2 ** 40 },
    ];
    const { bytes } = await encodeChangeLog({ ...plainHeader, diskSizeBytes: sizeBytes }, extents);
    const read = await collect((await readChangeLog(inChunks(bytes, 70_000))).frames());
    const written = read.flatMap((extent) => (extent.kind === 'data' ? [extent.data] : []));
    expect(Buffer.concat(written).equals(data)).toBe(true);
    const zeros = read.filter(({ kind }) => kind === 'zero');
    expect(zeros.reduce((sum, { lengthBytes }) => sum + lengthBytes, 0)).toBe(5 * 2 ** 40);
    expect(zeros.length).toBe(3);
  });

  it('shrinks what can be compressed and keeps what cannot as it is', async () => {
    const lengthBytes = 16 * 512;
    const plain = Buffer.alloc(lengthBytes, 'the same again ');
    const { bytes } = await encodeChangeLog(plainHeader, [
      { kind: 'data', offsetBytes: 0, lengthBytes, data: plain },
    ]);
    expect(bytes.length).toBeLessThan(1024);
    const random = Buffer.from(Array.from({ length: lengthBytes }, (_, index) => (index * index * 31) >> 5));
    const kept = await encodeChangeLog(plainHeader, [
      { kind: 'data', offsetBytes: 0, lengthBytes, data: random },
    ]);
    const read = await collect((await readChangeLog(inChunks(kept.bytes, 512))).frames());
    expect(applyPlainly(read, lengthBytes).equals(random)).toBe(true);
  });

  it('is verified whole, and read a second time only as what was verified', async () => {
    const extents = [zeroExtent(0, 512), zeroExtent(512, 512)];
    const first = await encodeChangeLog(plainHeader, extents);
    const verified = await verifyChangeLog(inChunks(first.bytes, 100));
    expect(verified).toMatchObject({ header: plainHeader, digest: first.digest, isSorted: true });
    expect(verified.frameDigests).toHaveLength(1);

    const again = await readChangeLog(inChunks(first.bytes, 33), { verified });
    expect(await collect(again.frames())).toHaveLength(2);
    for (const other of [[zeroExtent(0, 512)], []]) {
      const { bytes } = await encodeChangeLog(plainHeader, other);
      const reader = await readChangeLog(inChunks(bytes, 33), { verified });
      await expect(collect(reader.frames())).rejects.toMatchObject({ code: 'LogTorn' });
    }
  });

  it('refuses to be sealed with writes that no disk of its size can hold', async () => {
    for (const [extent, code] of [
      [zeroExtent(diskSizeBytes - 512, 1024), 'LogOutOfRange'],
      [zeroExtent(100, 512), 'LogUnaligned'],
      [zeroExtent(512, 0), 'LogCorrupt'],
    ] as const) {
      await expect(encodeChangeLog(plainHeader, [extent])).rejects.toMatchObject({ code });
    }
  });
});

const plainHeader: LogHeader = {
  replicaId: '7d444840-9dc0-11d1-b245-5ffdce74fad2',
  epoch: 1,
  sequence: 1,
  previousDigest: '0'.repeat(64),
  diskSizeBytes,
  firstWriteTimeInMs: 1,
  lastWriteTimeInMs: 2,
};

function zeroExtent(offsetBytes: number, lengthBytes: number): Extent {
  return { kind: 'zero', offsetBytes, lengthBytes };
}

async function* inChunks(bytes: Uint8Array, chunkBytes: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += chunkBytes) yield bytes.subarray(at, at + chunkBytes);
}

async function collect(frames: AsyncIterable<readonly Extent[]>): Promise<Extent[]> {
  const extents: Extent[] = [];
  for await (const frame of frames) extents.push(...frame);
  return extents;
}
