import type { LogCache, LogName } from '../../shared/ports/log-cache';
import { secondsOf, speedOf } from './measure';
import type { Accounts } from './replica';

const pageBytes = 4 * 1024 * 1024;
const containerName = 'relay-limit';

/**
 * The fastest the same clients take logs from one storage to the other and do nothing else: a log is read into memory
 * that is used again while pages of the one before it are written, `concurrency` at a time. What is not read is not
 * checked, decoded or put together, so whatever lands on the target is of no use.
 */
export async function relayLimit(
  { target }: Accounts,
  cache: LogCache,
  logs: readonly { readonly name: LogName; readonly lengthBytes: number }[],
  concurrency: number,
): Promise<number> {
  const container = target.getContainerClient(containerName);
  await container.createIfNotExists();
  const blob = container.getPageBlobClient('relay');
  const largestBytes = Math.max(...logs.map(({ lengthBytes }) => lengthBytes));
  const roomBytes = Math.ceil(largestBytes / pageBytes) * pageBytes;
  await blob.create(logs.length * roomBytes);
  const rooms = [new Uint8Array(roomBytes), new Uint8Array(roomBytes)];
  const write = async (room: Uint8Array, lengthBytes: number, index: number): Promise<void> => {
    let next = 0;
    const some = async (): Promise<void> => {
      while (next < lengthBytes) {
        const fromBytes = next;
        // The last page goes on to the next sector, as log and sectors need not end together.
        const length = Math.min(pageBytes, Math.ceil((lengthBytes - fromBytes) / 512) * 512);
        next += length;
        await blob.uploadPages(
          room.subarray(fromBytes, fromBytes + length),
          index * roomBytes + fromBytes,
          length,
        );
      }
    };
    await Promise.all(Array.from({ length: concurrency }, some));
  };
  const seconds = await secondsOf(async () => {
    let writing = Promise.resolve();
    for (const [index, { name, lengthBytes }] of logs.entries()) {
      const room = rooms[index % 2] ?? new Uint8Array();
      let filledBytes = 0;
      for await (const chunk of cache.read(name)) {
        room.set(chunk, filledBytes);
        filledBytes += chunk.length;
      }
      await writing;
      writing = write(room, lengthBytes, index);
    }
    await writing;
  });
  await blob.delete();
  return speedOf(
    logs.reduce((sum, { lengthBytes }) => sum + lengthBytes, 0),
    seconds,
  );
}
