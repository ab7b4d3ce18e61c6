import { randomBytes, randomUUID } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SpoolCipher } from '../../../agent/spool/spool-cipher';
import { placeOf, WritePacker } from '../../../agent/capture/packed-writes';
import { SlabMemory } from '../../../agent/capture/slab-memory';
import type { LogSealer, SealRequest } from '../../../agent/stream/log-sealer';
import { PlainSealer } from '../../../agent/stream/plain-sealer';
import { SealingThread } from '../../../agent/stream/sealing-thread';
import { readChangeLog } from '../../../shared/formats/change-log/read-change-log';
import type { Extent } from '../../../shared/model/extent';

const key = Buffer.alloc(32, 7);
const mebibyte = 2 ** 20;
const diskSizeBytes = 8 * mebibyte;
const program = join(process.cwd(), 'dist/agent/stream/sealing-thread-main.js');

let folder: string;
let sealer: LogSealer;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lifeboat-sealer-'));
});
afterEach(async () => {
  await sealer.close();
  rmSync(folder, { recursive: true });
});

const data = (offsetBytes: number, bytes: Uint8Array): Extent => ({
  ...{ kind: 'data', offsetBytes, lengthBytes: bytes.byteLength, data: bytes },
});

function packed(extents: readonly Extent[]): SealRequest['writes'] {
  const packer = new WritePacker();
  for (const extent of extents) packer.add(extent, extent.kind === 'zero' ? undefined : placeOf(extent.data));
  return packer.writes;
}

const request = (extents: readonly Extent[], name = 'log'): SealRequest => ({
  header: {
    ...{ replicaId: randomUUID(), epoch: 1, sequence: 1, previousDigest: '0'.repeat(64), diskSizeBytes },
    ...{ firstWriteTimeInMs: 1, lastWriteTimeInMs: 2 },
  },
  ...{ writes: packed(extents), path: join(folder, name) },
});

/** What a disk of zeros holds once the log in the file was applied to it. */
async function applied(path: string): Promise<Buffer> {
  const bytes = new SpoolCipher(key).open(readFileSync(path)) ?? Buffer.alloc(0);
  const disk = Buffer.alloc(diskSizeBytes);
  const log = await readChangeLog(
    (async function* () {
      yield await Promise.resolve(bytes);
    })(),
  );
  for await (const extents of log.frames()) for (const extent of extents) put(disk, extent);
  return disk;
}

function put(disk: Buffer, extent: Extent): void {
  const end = extent.offsetBytes + extent.lengthBytes;
  if (extent.kind === 'zero') disk.fill(0, extent.offsetBytes, end);
  else disk.set(extent.data, extent.offsetBytes);
}

/** Writes that overlap, of memory of their own, of memory they share, and of none. */
function writes(): Extent[] {
  const shared = randomBytes(64 * 1024);
  return [
    data(0, randomBytes(mebibyte)),
    data(512, shared.subarray(1000, 1000 + 4096)),
    data(4096, Buffer.from(randomBytes(512))),
    { kind: 'zero', offsetBytes: 8192, lengthBytes: 2048 },
    data(9216, shared.subarray(5096, 5096 + 512)),
    data(4096, Buffer.from(randomBytes(512))),
  ];
}

describe.each([
  ['in the thread that asks', () => new PlainSealer(new SpoolCipher(key))],
  ['in a thread of its own', () => new SealingThread(key, undefined, program)],
] as const)('a sealer %s', (_name, open) => {
  beforeEach(() => {
    sealer = open();
  });

  it('keeps what was written last, encrypted, and hands out the log as it is sent', async () => {
    const extents = writes();
    const expected = Buffer.alloc(diskSizeBytes);
    for (const extent of extents) put(expected, extent);
    const asked = request(extents);
    const { bytes, digest } = await sealer.seal(asked);
    expect((await applied(asked.path)).equals(expected)).toBe(true);
    expect(new SpoolCipher(key).open(readFileSync(asked.path))?.equals(bytes)).toBe(true);
    expect(digest).toMatch(/^[0-9a-f]{64}$/);
  });

  it('seals several at once, each for itself', async () => {
    const marks = [1, 2, 3, 4, 5];
    const asked = marks.map((mark) =>
      request([data(mark * mebibyte, Buffer.alloc(mebibyte, mark))], `log-${mark}`),
    );
    await Promise.all(asked.map((each) => sealer.seal(each)));
    for (const [index, { path }] of asked.entries()) {
      const expected = Buffer.alloc(diskSizeBytes).fill(
        index + 1,
        (index + 1) * mebibyte,
        (index + 2) * mebibyte,
      );
      expect((await applied(path)).equals(expected)).toBe(true);
    }
  });

  it('says why it could not, and seals the next', async () => {
    await expect(sealer.seal(request(writes(), 'missing/log'))).rejects.toMatchObject({ code: 'ENOENT' });
    const outside = [data(diskSizeBytes, Buffer.alloc(mebibyte, 1))];
    await expect(sealer.seal(request(outside))).rejects.toMatchObject({ code: 'LogOutOfRange' });
    const asked = request(writes());
    await sealer.seal(asked);
    expect(readFileSync(asked.path).byteLength).toBeGreaterThan(28);
  });
});

describe('a sealing thread', () => {
  it('that ends fails what it had not sealed, and begins anew when it is asked again', async () => {
    sealer = new SealingThread(key, undefined, program);
    const cut = sealer.seal(request(writes(), 'cut'));
    await Promise.all([expect(cut).rejects.toThrow('the sealing thread has ended'), sealer.close()]);
    const asked = request([data(0, Buffer.alloc(mebibyte, 9))]);
    await sealer.seal(asked);
    expect((await applied(asked.path))[0]).toBe(9);
  });

  it('seals what is small without it', async () => {
    sealer = new SealingThread(key, undefined, join(folder, 'there is no such program'));
    const asked = request([data(0, Buffer.alloc(512 * 1024, 3))]);
    await sealer.seal(asked);
    expect((await applied(asked.path))[512 * 1024 - 1]).toBe(3);
    const large = [data(0, Buffer.alloc(512 * 1024 + 512, 3))];
    await expect(sealer.seal(request(large))).rejects.toThrow('Cannot find module');
  });

  it('gives back the memory of the writes, once it has sealed them', async () => {
    const memory = new SlabMemory();
    sealer = new SealingThread(key, memory, program);
    const slab = Buffer.from(memory.take()).fill(7);
    await sealer.seal(request([data(0, slab)]));
    expect(slab.byteLength).toBe(0);
    expect(Buffer.from(memory.take()).equals(Buffer.alloc(mebibyte, 7))).toBe(true);
  });

  it('leaves alone the memory that small buffers share', async () => {
    sealer = new SealingThread(key, undefined, program);
    const shared = new ArrayBuffer(Buffer.poolSize);
    const [mine, other] = [Buffer.from(shared, 0, 512).fill('a'), Buffer.from(shared, 512, 512).fill('b')];
    await sealer.seal(request([data(0, mine), data(512, Buffer.alloc(mebibyte))]));
    expect(other.toString()).toBe('b'.repeat(512));
  });
});
