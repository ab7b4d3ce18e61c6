import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { OpenLog } from '../../../agent/capture/open-log';
import { placeOf } from '../../../agent/capture/packed-writes';
import { ReplicaSpool } from '../../../agent/spool/replica-spool';
import { SpoolCipher } from '../../../agent/spool/spool-cipher';
import { PlainSealer } from '../../../agent/stream/plain-sealer';
import { sealLog } from '../../../agent/stream/seal-log';
import { verifyChangeLog } from '../../../shared/formats/change-log/verify-change-log';

const replicaId = '0b2e5a66-37f5-4e39-9d5c-0e3a4b1c9d10';
const base = createHash('sha256').update('base').digest('hex');
const cipher = new SpoolCipher(Buffer.alloc(32, 7));
const canary = Buffer.from('a sentence that nobody must find in the spool');

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lifeboat-spool-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

const open = (bootId = 'boot-1'): Promise<ReplicaSpool> => ReplicaSpool.open({ folder, cipher, bootId });

async function seal(spool: ReplicaSpool, value: number): Promise<number> {
  const log = new OpenLog();
  const data = Buffer.alloc(1024, value);
  canary.copy(data, 10);
  log.append({ offsetBytes: value * 512, lengthBytes: 1024 }, placeOf(data), 1000 + value);
  const sealer = new PlainSealer(cipher);
  return sealLog({ replicaId, diskSizeBytes: 2 ** 20, spool, sealer, log, marker: undefined, nowInMs: 1 });
}

async function chain(spool: ReplicaSpool): Promise<string[]> {
  const previous: string[] = [];
  for (const { sequence } of spool.logs) {
    const bytes = await spool.read(sequence);
    const { header } = await verifyChangeLog(
      (async function* () {
        yield await Promise.resolve(bytes ?? Buffer.alloc(0));
      })(),
    );
    expect(header).toMatchObject({ replicaId, epoch: 3, sequence });
    previous.push(header.previousDigest);
  }
  return previous;
}

describe('the spool of a replica', () => {
  it('keeps sealed logs, each chained to the one before', async () => {
    const spool = await open();
    await spool.begin(3, base);
    for (const value of [1, 2, 3]) expect(await seal(spool, value)).toBe(value);
    const previous = await chain(spool);
    expect(previous[0]).toBe(base);
    expect(new Set(previous).size).toBe(3);
  });

  it('goes on after the agent died', async () => {
    const first = await open();
    await first.begin(3, base);
    await seal(first, 1);
    await seal(first, 2);
    const second = await open();
    expect(second.head).toEqual(first.head);
    expect(await seal(second, 3)).toBe(3);
    expect(await chain(second)).toHaveLength(3);
  });

  it('takes in a log that was in place but not yet named by the head', async () => {
    const first = await open();
    await first.begin(3, base);
    await seal(first, 1);
    const head = readFileSync(join(folder, 'head.json'));
    await seal(first, 2);
    writeFileSync(join(folder, 'head.json'), head);
    const second = await open();
    expect(second.head).toEqual(first.head);
  });

  it.each([
    ['a log is missing', () => rmSync(join(folder, '00000000002.log'))],
    ['the newest is missing', () => rmSync(join(folder, '00000000003.log'))],
    ['the head is torn', () => writeFileSync(join(folder, 'head.json'), '{"epoch":3,')],
  ])('proves nothing when %s', async (_what, damage) => {
    const first = await open();
    await first.begin(3, base);
    for (const value of [1, 2, 3]) await seal(first, value);
    damage();
    expect((await open()).head).toBeUndefined();
  });

  it('proves nothing that was given up while a log was being kept', async () => {
    const first = await open();
    await first.begin(3, base);
    await seal(first, 1);
    const sealed = { bytes: new Uint8Array(600), digest: base };
    const kept = first.keep(2, () => {
      setImmediate(() => first.giveUp());
      return Promise.resolve(sealed);
    });
    await expect(kept).rejects.toThrow('given up');
    expect(first.logs.map((log) => log.sequence)).toEqual([1]);
    expect((await open()).head).toBeUndefined();
  });

  it('hands out what it keeps in memory, and then what it reads, as the same bytes', async () => {
    const spool = await open();
    await spool.begin(3, base);
    await seal(spool, 1);
    const first = await spool.read(1);
    expect(first?.byteLength).toBe(spool.sizeBytesOf(1));
    expect(await spool.read(1)).toEqual(Buffer.from(first ?? []));
  });

  it('proves nothing after the machine itself went down', async () => {
    const first = await open();
    await first.begin(3, base);
    await seal(first, 1);
    expect((await open('boot-2')).head).toBeUndefined();
  });

  it('frees what is durable, and nothing else', async () => {
    const spool = await open();
    await spool.begin(3, base);
    for (const value of [1, 2, 3]) await seal(spool, value);
    const full = spool.sizeBytes;
    await spool.freeThrough(2);
    expect(spool.logs.map((log) => log.sequence)).toEqual([3]);
    expect(spool.sizeBytes).toBeLessThan(full);
    expect(await spool.read(2)).toBeUndefined();
    expect((await open()).head?.sequence).toBe(3);
  });

  it('counts what is freed twice at once only once', async () => {
    const spool = await open();
    await spool.begin(3, base);
    for (const value of [1, 2, 3]) await seal(spool, value);
    const kept = spool.sizeBytesOf(3);
    await Promise.all([spool.freeThrough(2), spool.freeThrough(2), spool.freeThrough(1)]);
    expect(spool.sizeBytes).toBe(kept);
  });

  it('starts an epoch with nothing of the one before', async () => {
    const spool = await open();
    await spool.begin(3, base);
    await seal(spool, 1);
    await spool.begin(4, base);
    expect(spool.logs).toEqual([]);
    expect(spool.head).toMatchObject({ epoch: 4, sequence: 0, digest: base });
  });

  it('starts an epoch without a log that was in place when the one before was given up', async () => {
    const spool = await open();
    await spool.begin(3, base);
    for (const value of [1, 2]) await seal(spool, value);
    const kept = spool.keep(3, (path) => {
      writeFileSync(path, 'a log');
      spool.giveUp();
      return Promise.resolve({ bytes: new Uint8Array(600), digest: base });
    });
    await expect(kept).rejects.toThrow('given up');
    await spool.begin(4, base);
    await seal(spool, 1);
    expect((await open()).head).toMatchObject({ epoch: 4, sequence: 1 });
  });

  it('holds nothing readable, and notices a changed byte', async () => {
    const spool = await open();
    await spool.begin(3, base);
    await seal(spool, 1);
    for (const name of readdirSync(folder))
      expect(readFileSync(join(folder, name)).includes(canary)).toBe(false);
    const path = join(folder, '00000000001.log');
    const bytes = readFileSync(path);
    bytes[40] = (bytes[40] ?? 0) ^ 1;
    writeFileSync(path, bytes);
    await spool.read(1);
    expect(await spool.read(1)).toBeUndefined();
  });
});
