import { createHash } from 'node:crypto';
import type { ReplicaDisks } from '../../ports/replica-disks';

const readBytes = 4 * 1024 * 1024;

/** SHA-256 of all bytes of a disk. Ranges that were never written are zeros, and are not read. */
export async function digestOfDisk(
  disks: ReplicaDisks,
  replicaId: string,
  sizeBytes: number,
): Promise<string> {
  const hash = createHash('sha256');
  const disk = disks.open(replicaId);
  let at = 0;
  const zerosUntil = (endBytes: number): void => {
    for (; at < endBytes; at += readBytes) hash.update(zeros.subarray(0, Math.min(readBytes, endBytes - at)));
    at = endBytes;
  };
  for (const range of await disks.writtenRanges(replicaId)) {
    const endBytes = Math.min(range.offsetBytes + range.lengthBytes, sizeBytes);
    if (endBytes <= at) continue;
    zerosUntil(Math.max(at, range.offsetBytes));
    while (at < endBytes) {
      const lengthBytes = Math.min(readBytes, endBytes - at);
      hash.update((await disk.read({ offsetBytes: at, lengthBytes })).data);
      at += lengthBytes;
    }
  }
  zerosUntil(sizeBytes);
  return hash.digest('hex');
}

const zeros = Buffer.alloc(readBytes);
