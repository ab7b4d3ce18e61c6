import { LifeboatError } from '../../../shared/errors';
import { encodeChangeLog } from '../../../shared/formats/change-log/encode-change-log';
import { readChangeLog } from '../../../shared/formats/change-log/read-change-log';
import type { LogHeader } from '../../../shared/model/change-log';
import type { Extent } from '../../../shared/model/extent';
import { crc32 } from 'node:zlib';
import { createHash } from 'node:crypto';
import type { SeededChance } from '../../support/seeded-chance';

export interface FuzzCounts {
  readonly inputs: number;
  readonly whole: number;
  readonly refused: Readonly<Record<string, number>>;
  /** The most that any input made the decoder do or hold, for each byte of it. */
  readonly worstStepsPerByte: number;
  readonly worstBytesPerByte: number;
}

/** A compressed byte may stand for so many, and a record of twelve bytes for an extent object. */
const stepLimitPerByte = 1;
const allocationLimitPerByte = 255;
const allowanceBytes = 4096;

/**
 * Mutates change logs and reads them: each is either read whole or refused by one typed error. Half of the mutants get
 * their checksums mended, so that the lies in them are reached.
 */
export async function fuzzLogs(inputs: number, chance: SeededChance): Promise<FuzzCounts> {
  const refused: Record<string, number> = {};
  const counts = { inputs, whole: 0, refused, worstStepsPerByte: 0, worstBytesPerByte: 0 };
  const seeds = await seedLogs(chance);
  for (let index = 0; index < inputs; index += 1) {
    const input = mutated(chance.pick(seeds), chance);
    const { code, steps, allocatedBytes } = await outcomeOf(input, chance);
    if (code === undefined) counts.whole += 1;
    else refused[code] = (refused[code] ?? 0) + 1;
    counts.worstStepsPerByte = Math.max(counts.worstStepsPerByte, steps / (input.length + 1));
    const excessBytes = Math.max(0, allocatedBytes - allowanceBytes);
    counts.worstBytesPerByte = Math.max(counts.worstBytesPerByte, excessBytes / (input.length + 1));
    if (counts.worstStepsPerByte > stepLimitPerByte || counts.worstBytesPerByte > allocationLimitPerByte) {
      throw new Error(`input ${index} of ${input.length} bytes took ${steps} steps, ${allocatedBytes} bytes`);
    }
  }
  return counts;
}

interface Outcome {
  readonly code: string | undefined;
  /** Extents handed out and chunks taken. */
  readonly steps: number;
  /** Bytes of disk data handed out. */
  readonly allocatedBytes: number;
}

async function outcomeOf(input: Buffer, chance: SeededChance): Promise<Outcome> {
  let steps = 0;
  let allocatedBytes = 0;
  const chunkBytes = 64 + chance.below(4096);
  async function* chunks(): AsyncGenerator<Uint8Array> {
    for (let at = 0; at < input.length; at += chunkBytes) {
      steps += 1;
      yield input.subarray(at, at + chunkBytes);
    }
  }
  try {
    const reader = await readChangeLog(chunks());
    for await (const extents of reader.frames()) {
      for (const extent of extents) {
        steps += 1;
        expectPossible(extent, reader.header);
        if (extent.kind === 'data') allocatedBytes += extent.data.length;
      }
    }
    return { code: undefined, steps, allocatedBytes };
  } catch (error) {
    if (error instanceof LifeboatError && error.code.startsWith('Log')) {
      return { code: error.code, steps, allocatedBytes };
    }
    throw error;
  }
}

/** What is handed out, of whatever log, a disk of the size it names can take. */
function expectPossible(extent: Extent, { diskSizeBytes }: LogHeader): void {
  const { offsetBytes, lengthBytes } = extent;
  const fits =
    lengthBytes > 0 &&
    (offsetBytes | lengthBytes) % 512 === 0 &&
    offsetBytes + lengthBytes <= diskSizeBytes &&
    (extent.kind === 'zero' || extent.data.length === lengthBytes);
  if (!fits) throw new Error(`handed out ${lengthBytes} bytes at ${offsetBytes} of ${diskSizeBytes}`);
}

function mutated(seed: Buffer, chance: SeededChance): Buffer {
  let bytes: Buffer = Buffer.from(seed);
  for (let left = 1 + chance.below(3); left > 0; left -= 1) bytes = mutatedOnce(bytes, chance);
  return chance.below(2) === 0 ? bytes : mended(bytes);
}

function mutatedOnce(bytes: Buffer, chance: SeededChance): Buffer {
  const at = chance.below(bytes.length + 1);
  const until = Math.min(bytes.length, at + 1 + chance.below(64));
  switch (chance.below(7)) {
    case 0:
      return bytes.subarray(0, at);
    case 1:
      return Buffer.concat([bytes.subarray(0, at), bytes.subarray(until)]);
    case 2:
      return Buffer.concat([bytes.subarray(0, until), bytes.subarray(at)]);
    case 3:
      bytes.fill(chance.pick([0, 0xff]), at, until);
      return bytes;
    case 4:
      if (at + 4 <= bytes.length)
        bytes.writeUInt32LE(chance.pick([0, 1, 511, 513, 2 ** 31, 2 ** 32 - 1]), at);
      return bytes;
    case 5:
      // The first bytes of every part carry its counts and lengths.
      bytes[chance.below(Math.min(bytes.length, 200)) % Math.max(1, bytes.length)] = chance.below(256);
      return bytes;
    default:
      if (at < bytes.length) bytes[at] = (bytes[at] ?? 0) ^ (1 << chance.below(8));
      return bytes;
  }
}

/** Corrects every checksum that can be found, as a liar would. */
function mended(bytes: Buffer): Buffer {
  const seal = (at: number, lengthBytes: number): void => {
    if (at < 0 || at + lengthBytes > bytes.length) return;
    bytes.writeUInt32LE(crc32(bytes.subarray(at, at + lengthBytes - 4)), at + lengthBytes - 4);
  };
  seal(0, 128);
  if (bytes.length >= 132 && bytes.readUInt32LE(12) < 70_000) seal(128, Math.max(60, bytes.readUInt32LE(12)));
  for (
    let at = bytes.indexOf('FRM1');
    at !== -1 && at + 32 <= bytes.length;
    at = bytes.indexOf('FRM1', at + 4)
  ) {
    const endBytes = at + 32 + bytes.readUInt16LE(at + 6) * 12 + bytes.readUInt32LE(at + 12);
    if (endBytes <= bytes.length) bytes.writeUInt32LE(crc32(bytes.subarray(at + 32, endBytes)), at + 16);
    seal(at, 32);
  }
  const trailer = bytes.length - 64;
  if (trailer > 0) {
    createHash('sha256')
      .update(bytes.subarray(0, trailer))
      .digest()
      .copy(bytes, trailer + 24);
    seal(trailer, 64);
  }
  return bytes;
}

async function seedLogs(chance: SeededChance): Promise<readonly Buffer[]> {
  const header: LogHeader = {
    replicaId: '7d444840-9dc0-11d1-b245-5ffdce74fad2',
    epoch: 3,
    sequence: 12,
    previousDigest: 'ab'.repeat(32),
    diskSizeBytes: 1024 * 1024,
    firstWriteTimeInMs: 1_700_000_000_000,
    lastWriteTimeInMs: 1_700_000_001_000,
  };
  const marker = {
    id: '11111111-2222-4333-8444-555555555555',
    kind: 'crash',
    members: [header.replicaId, '9d444840-9dc0-11d1-b245-5ffdce74fad2'],
    seenServiceTimeInMs: 1_700_000_000_500,
    cutTimeInMs: 1_700_000_000_900,
  } as const;
  const random = Buffer.from(Array.from({ length: 1024 }, () => chance.below(256)));
  const bodies: (readonly Extent[])[] = [
    [],
    [{ kind: 'zero', offsetBytes: 512, lengthBytes: 4096 }],
    [data(0, random)],
    [data(1024, Buffer.alloc(2048, 'again ')), { kind: 'zero', offsetBytes: 0, lengthBytes: 512 }],
    Array.from({ length: 20 }, (_, index) => data(index * 1024, Buffer.alloc(512, index))),
    [data(0, Buffer.alloc(300 * 1024, 'two frames '))],
  ];
  const logs: Buffer[] = [];
  for (const extents of bodies) {
    for (const codec of ['none', 'lz4'] as const) {
      const { bytes } = await encodeChangeLog({ ...header, marker }, extents, { codec });
      const plain = await encodeChangeLog(header, extents, { codec });
      logs.push(
        ...[bytes, plain.bytes].map((log) => Buffer.from(log)).filter(({ length }) => length < 10_000),
      );
    }
  }
  return logs;
}

function data(offsetBytes: number, bytes: Buffer): Extent {
  return { kind: 'data', offsetBytes, lengthBytes: bytes.length, data: bytes };
}
