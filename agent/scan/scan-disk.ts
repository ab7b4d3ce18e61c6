import type { Range } from '../../shared/model/extent';
import { blockBytes } from '../capture/dirty-bitmap';
import { appendBlock } from '../copy/append-block';
import type { SourceDisk } from '../disk/source-disk';
import type { ProtectedDisk } from '../replica/protected-disk';
import { digestOf, type ScanDigests } from './scan-digests';

export interface ScanDiskOptions {
  readonly disk: ProtectedDisk;
  readonly digests: ScanDigests;
  /** Where the disk is read: itself, or a snapshot of it. */
  readonly source: SourceDisk;
  /** When the disk was what is read. */
  readonly asOfInMs: number;
  readonly mayGoOn: () => boolean;
  /** Seal once the open log holds this much, so that what was found becomes safe. */
  readonly sealAtBytes: number;
}

/** What a pass over a disk found. */
export interface ScanFigures {
  readonly readBytes: number;
  readonly changedBytes: number;
  /** False where it had to end before the disk did. */
  readonly isWhole: boolean;
}

const runBlocks = 16;

/**
 * Reads the whole disk and puts every block into the stream that is not what the stream says it is. Such a block is marked
 * as pending, in its file, before anything else: whatever happens until its log is sealed, it is not forgotten, even if
 * the next scan finds it as it was before.
 */
export async function scanDisk(options: ScanDiskOptions): Promise<ScanFigures> {
  const { disk, source, mayGoOn, sealAtBytes } = options;
  let changedBytes = 0;
  let readBytes = 0;
  while (readBytes < disk.sizeBytes) {
    if (!mayGoOn()) return { readBytes, changedBytes, isWhole: false };
    const lengthBytes = Math.min(runBlocks * blockBytes, disk.sizeBytes - readBytes);
    const range: Range = { offsetBytes: readBytes, lengthBytes };
    await source.look(range, (data) => {
      // Another epoch may have begun meanwhile.
      if (mayGoOn()) changedBytes += putDifferences(options, range, data);
    });
    readBytes += lengthBytes;
    if (disk.capture.openLog.dataBytes >= sealAtBytes) await disk.seal();
  }
  await disk.seal();
  return { readBytes, changedBytes, isWhole: true };
}

function putDifferences(
  { disk, digests, asOfInMs }: ScanDiskOptions,
  { offsetBytes, lengthBytes }: Range,
  data: Buffer,
): number {
  const first = offsetBytes / blockBytes;
  const count = Math.ceil(lengthBytes / blockBytes);
  const isKnown = digests.known(first, count);
  let changedBytes = 0;
  for (let index = 0; index < count; index += 1) {
    const block = first + index;
    const bytes = data.subarray(index * blockBytes, (index + 1) * blockBytes);
    const digest = digestOf(bytes);
    if (!disk.pending.has(block) && isKnown(block, digest)) continue;
    disk.pending.mark({ offsetBytes: block * blockBytes, lengthBytes: bytes.byteLength });
    const { openLog } = disk.capture;
    // What is lent is used again for the next run.
    appendBlock(openLog, block, Buffer.from(bytes), asOfInMs);
    openLog.noteCopied(block);
    digests.note(openLog, block, digest);
    changedBytes += bytes.byteLength;
  }
  return changedBytes;
}
