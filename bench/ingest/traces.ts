import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Range } from '../../shared/model/extent';

const kibibyte = 1024;
const mebibyte = 1024 * kibibyte;
const traceFile = join(__dirname, '..', '..', '..', 'bench', 'traces', 'ext4.trace');

/** The size of the disk that every trace writes to. */
export const traceDiskBytes = 1024 * mebibyte;

export interface TracedWrite extends Range {
  readonly kind: 'data' | 'zero';
}

export interface Trace {
  readonly name: string;
  readonly writes: readonly TracedWrite[];
}

/** What the guest wrote, overwritten bytes counted each time. */
export function changedBytes({ writes }: Trace): number {
  return writes.reduce((sum, { kind, lengthBytes }) => sum + (kind === 'data' ? lengthBytes : 0), 0);
}

export function allTraces(): readonly Trace[] {
  return [sequential(), ...recorded(), zipf(), uniform()];
}

export function sequential(totalBytes = 128 * mebibyte, writeBytes = 64 * kibibyte): Trace {
  const writes = Array.from({ length: totalBytes / writeBytes }, (_, index) =>
    write(index * writeBytes, writeBytes),
  );
  return { name: 'sequential', writes };
}

/** The recorded ext4 workload, whole and its metadata-heavy tail alone. */
function recorded(): readonly Trace[] {
  const lines = readFileSync(traceFile, 'utf8').trim().split('\n');
  const tailAt = lines.indexOf('# tail');
  return [
    { name: 'ext4', writes: lines.flatMap(parsed) },
    { name: 'ext4 tail', writes: lines.slice(tailAt).flatMap(parsed) },
  ];
}

function parsed(line: string): readonly TracedWrite[] {
  const [offset, length, kind] = line.split(' ');
  if (offset === '#') return [];
  const range = { offsetBytes: Number(offset) * 512, lengthBytes: Number(length) * 512 };
  return [{ ...range, kind: kind === 'w' ? 'data' : 'zero' }];
}

/** A database: three pages by Zipf's law (exponent 0.99), then 8 KiB more of its log, over and over. */
function zipf(): Trace {
  const chance = seeded(7);
  const pages = 16_384;
  const cumulative = new Float64Array(pages);
  let sum = 0;
  for (let rank = 0; rank < pages; rank += 1) cumulative[rank] = sum += 1 / (rank + 1) ** 0.99;
  const logStartBytes = 768 * mebibyte;
  const writes: TracedWrite[] = [];
  for (let logBytes = 0; writes.length * 5 * kibibyte < 64 * mebibyte; logBytes += 8 * kibibyte) {
    for (let page = 0; page < 3; page += 1) {
      const place = (rankOf(cumulative, chance() * sum) * 40_503) % (pages * 8);
      writes.push(write(place * 4 * kibibyte, 4 * kibibyte));
    }
    writes.push(write(logStartBytes + logBytes, 8 * kibibyte));
  }
  return { name: 'zipf 4 KiB', writes };
}

function rankOf(cumulative: Float64Array, value: number): number {
  let [low, high] = [0, cumulative.length - 1];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((cumulative[middle] ?? 0) < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Random 4 KiB writes over the whole disk. */
export function uniform(totalBytes = 64 * mebibyte, overBytes = traceDiskBytes, seed = 11): Trace {
  const chance = seeded(seed);
  const pages = overBytes / (4 * kibibyte);
  const writes = Array.from({ length: totalBytes / (4 * kibibyte) }, () =>
    write(Math.floor(chance() * pages) * 4 * kibibyte, 4 * kibibyte),
  );
  return { name: 'random 4 KiB', writes };
}

function write(offsetBytes: number, lengthBytes: number): TracedWrite {
  return { kind: 'data', offsetBytes, lengthBytes };
}

/** Numbers in [0, 1) that are the same in every run. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}
