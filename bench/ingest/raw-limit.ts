import type { BlobServiceClient } from '@azure/storage-blob';
import { pageWriteLimitBytes } from '../../shared/model/extent';
import { secondsOf, speedOf } from './measure';
import { poolSlice } from './sealed-logs';

const containerName = 'raw-limit';

/** The fastest this storage takes so many bytes: pages of 4 MiB in order, `concurrency` at a time, no conditions. */
export async function rawLimit(
  service: BlobServiceClient,
  totalBytes: number,
  concurrency: number,
): Promise<number> {
  const container = service.getContainerClient(containerName);
  await container.createIfNotExists();
  const blob = container.getPageBlobClient('raw');
  const pages = Math.ceil(totalBytes / pageWriteLimitBytes);
  await blob.create(pages * pageWriteLimitBytes);
  const page = poolSlice(pageWriteLimitBytes);
  let next = 0;
  const upload = async (): Promise<void> => {
    while (next < pages) await blob.uploadPages(page, next++ * pageWriteLimitBytes, pageWriteLimitBytes);
  };
  const seconds = await secondsOf(() => Promise.all(Array.from({ length: concurrency }, upload)));
  await blob.delete();
  return speedOf(pages * pageWriteLimitBytes, seconds);
}

/** Which of a few concurrencies is the fastest here and now. */
export async function bestConcurrency(service: BlobServiceClient, totalBytes: number): Promise<number> {
  let best = { concurrency: 0, speed: 0 };
  for (const concurrency of [4, 8, 16, 8, 4]) {
    const speed = await rawLimit(service, totalBytes, concurrency);
    if (speed > best.speed) best = { concurrency, speed };
  }
  return best.concurrency;
}
