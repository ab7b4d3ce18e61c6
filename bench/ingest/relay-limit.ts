import type { PageBlobClient } from '@azure/storage-blob';
import { pageWriteLimitBytes } from '../../shared/model/extent';
import type { LogCache, LogName } from '../../shared/ports/log-cache';
import { secondsOf, speedOf } from './measure';
import type { Accounts } from './replica';

export interface RelayedLog {
  readonly name: LogName;
  readonly lengthBytes: number;
}

const containerName = 'relay-limit';
const sectorBytes = 512;

/**
 * The fastest the same clients take logs from one storage to the other and do nothing else: a log is read into memory
 * that is used again while pages of the one before it are written, `concurrency` at a time. Nothing is checked, decoded or
 * put together, so what lands on the target is of no use.
 */
export async function relayLimit(
  { target }: Accounts,
  cache: LogCache,
  logs: readonly RelayedLog[],
  concurrency: number,
): Promise<number> {
  const container = target.getContainerClient(containerName);
  await container.createIfNotExists();
  const blob = container.getPageBlobClient('relay');
  const largestBytes = Math.max(...logs.map(({ lengthBytes }) => lengthBytes));
  const roomBytes = Math.ceil(largestBytes / pageWriteLimitBytes) * pageWriteLimitBytes;
  await blob.create(logs.length * roomBytes);
  const rooms = [new Uint8Array(roomBytes), new Uint8Array(roomBytes)];
  const seconds = await secondsOf(async () => {
    let writing = Promise.resolve();
    for (const [index, { name, lengthBytes }] of logs.entries()) {
      const room = rooms[index % 2] ?? new Uint8Array();
      await readInto(room, cache.read(name));
      await writing;
      writing = writePages(blob, room.subarray(0, sectorsOf(lengthBytes)), index * roomBytes, concurrency);
    }
    await writing;
  });
  await blob.delete();
  return speedOf(
    logs.reduce((sum, { lengthBytes }) => sum + lengthBytes, 0),
    seconds,
  );
}

async function readInto(room: Uint8Array, chunks: AsyncIterable<Uint8Array>): Promise<void> {
  let filledBytes = 0;
  for await (const chunk of chunks) {
    room.set(chunk, filledBytes);
    filledBytes += chunk.length;
  }
}

async function writePages(
  blob: PageBlobClient,
  bytes: Uint8Array,
  offsetBytes: number,
  concurrency: number,
): Promise<void> {
  let next = 0;
  const some = async (): Promise<void> => {
    while (next < bytes.length) {
      const page = bytes.subarray(next, next + pageWriteLimitBytes);
      const at = offsetBytes + next;
      next += page.length;
      await blob.uploadPages(page, at, page.length);
    }
  };
  await Promise.all(Array.from({ length: concurrency }, some));
}

/** A log need not end where a sector does. */
function sectorsOf(lengthBytes: number): number {
  return Math.ceil(lengthBytes / sectorBytes) * sectorBytes;
}
