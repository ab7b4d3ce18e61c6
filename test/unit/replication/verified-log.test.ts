import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { encodeChangeLog } from '../../../shared/formats/change-log/encode-change-log';
import type { Extent } from '../../../shared/model/extent';
import { ownMemory } from '../../../shared/service/logs/log-memory';
import { verifyLog, type LogBytes, type VerifiedLog } from '../../../shared/service/logs/verified-log';

const mebibyte = 1024 * 1024;
const replicaId = '0f0f0f0f-0000-4000-a000-000000000001';
const diskSizeBytes = 64 * mebibyte;
const position = { epoch: 1, sequence: 1 };
const place = { replicaId, position, diskSizeBytes };
const limitBytes = 16 * mebibyte;

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

/** Buffers that a collection has found dead are freed beside it, and counted as gone by the next. */
function heldBytes(): number {
  collectGarbage();
  collectGarbage();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

async function sealed(extents: readonly Extent[], codec: 'none' | 'lz4'): Promise<Uint8Array> {
  const header = { replicaId, ...position, previousDigest: '0'.repeat(64), diskSizeBytes };
  const times = { firstWriteTimeInMs: 1, lastWriteTimeInMs: 1 };
  return (await encodeChangeLog({ ...header, ...times }, extents, { codec })).bytes;
}

function dataExtents(totalBytes: number): readonly Extent[] {
  const lengthBytes = 256 * 1024;
  return Array.from({ length: totalBytes / lengthBytes }, (_, index) => {
    const data = Buffer.alloc(lengthBytes, 1 + (index % 255));
    return { kind: 'data', offsetBytes: index * lengthBytes, lengthBytes, data };
  });
}

function zeroExtents(count: number): readonly Extent[] {
  return Array.from({ length: count }, (_, index) => ({
    kind: 'zero',
    offsetBytes: index * 512,
    lengthBytes: 512,
  }));
}

/** A log as the network brings it: in chunks that no frame begins or ends with. Says how often it was read. */
function arriving(bytes: Uint8Array): LogBytes & { readonly reads: () => number } {
  let reads = 0;
  async function* read(): AsyncGenerator<Uint8Array> {
    reads += 1;
    for (let at = 0; at < bytes.length; at += 65_000) yield Uint8Array.from(bytes.subarray(at, at + 65_000));
  }
  return { sizeBytes: bytes.length, read, reads: () => reads };
}

async function extentsOf(log: VerifiedLog): Promise<number> {
  let count = 0;
  for await (const frame of log.frames()) {
    for (const extent of frame) {
      count += 1;
      if (extent.kind === 'data') expect(extent.data[0]).toBe(1 + ((extent.offsetBytes / 262_144) % 255));
    }
  }
  return count;
}

describe('a verified log', () => {
  it.each([
    ['that decodes to four times what may be held', dataExtents(64 * mebibyte), 'lz4'],
    ['of more records than may be held', zeroExtents(120_000), 'none'],
  ] as const)('%s is decoded again, not kept', async (_, extents, codec) => {
    const bytes = await sealed(extents, codec);
    expect(bytes.length).toBeLessThan(2 * mebibyte);
    const before = heldBytes();
    const log = await verifyLog(arriving(bytes), place, ownMemory(4 * mebibyte));
    expect(heldBytes() - before).toBeLessThan(5 * mebibyte);
    expect(await extentsOf(log)).toBe(extents.length);
  });

  it('that fits is read once, and held once', async () => {
    const extents = dataExtents(12 * mebibyte);
    const bytes = arriving(await sealed(extents, 'none'));
    const before = heldBytes();
    const log = await verifyLog(bytes, place, ownMemory(limitBytes));
    expect(heldBytes() - before).toBeLessThan(14 * mebibyte);
    expect(await extentsOf(log)).toBe(extents.length);
    expect(bytes.reads()).toBe(1);
  });

  it('larger than what may be held is read twice', async () => {
    const extents = dataExtents(20 * mebibyte);
    const bytes = arriving(await sealed(extents, 'none'));
    const log = await verifyLog(bytes, place, ownMemory(limitBytes));
    expect(await extentsOf(log)).toBe(extents.length);
    expect(bytes.reads()).toBe(2);
  });

  it('is refused when it is longer than the cache said', async () => {
    const bytes = await sealed(dataExtents(mebibyte), 'none');
    const lying = { ...arriving(bytes), sizeBytes: bytes.length - 1 };
    await expect(verifyLog(lying, place, ownMemory(limitBytes))).rejects.toMatchObject({
      code: 'LogCorrupt',
    });
  });

  it('hands no other bytes to the journal than those that were verified', async () => {
    const bytes = await sealed(dataExtents(mebibyte), 'none');
    let reads = 0;
    async function* read(): AsyncGenerator<Uint8Array> {
      reads += 1;
      const arrived = Uint8Array.from(bytes);
      if (reads === 3) arrived[arrived.length - 5000] = 0;
      for (let at = 0; at < arrived.length; at += 65_000) yield arrived.subarray(at, at + 65_000);
    }
    const log = await verifyLog({ sizeBytes: bytes.length, read }, place, ownMemory(1000));
    const whole: Uint8Array[] = [];
    for await (const chunk of log.chunks()) whole.push(chunk);
    expect(Buffer.concat(whole).equals(bytes)).toBe(true);
    const spoilt = (async (): Promise<void> => {
      for await (const chunk of log.chunks()) expect(chunk.length).toBeGreaterThan(0);
    })();
    await expect(spoilt).rejects.toMatchObject({ code: 'LogTorn' });
    expect(reads).toBe(3);
  });
});
