import { StorageRetryPolicyType, type PageBlobClient } from '@azure/storage-blob';
import { present } from '../../../shared/assert';
import { startAzurite, type Azurite } from '../../support/azurite';

const mebibyte = 1024 * 1024;
let started: Azurite | undefined;
const azurite = (): Azurite => present(started, 'Azurite');

beforeAll(async () => {
  started = await startAzurite();
  await azurite().service().getContainerClient('strict').createIfNotExists();
});
afterAll(async () => started?.stop());

describe('a strict client of storage', () => {
  it('refuses what Azure refuses and Azurite lets pass', async () => {
    const blob = await pageBlob('loose.vhd', 16 * mebibyte);
    const page = Buffer.alloc(512, 1);
    const taken = present((await blob.createSnapshot()).snapshot, 'the snapshot');
    const tries: [string, () => Promise<unknown>][] = [
      ['RequestBodyTooLarge', () => blob.uploadPages(Buffer.alloc(8 * mebibyte), 0, 8 * mebibyte)],
      ['InvalidPageRange', () => blob.uploadPages(Buffer.alloc(1024), 16 * mebibyte - 512, 1024)],
      ['InvalidPageRange', () => blob.uploadPages(page, 100, 512)],
      ['InvalidPageRange', () => blob.clearPages(16 * mebibyte, 512)],
      ['Md5Mismatch', () => blob.uploadPages(page, 0, 512, { transactionalContentMD5: Buffer.alloc(16) })],
      ['InvalidQueryParameterValue', () => blob.withSnapshot(taken).uploadPages(page, 0, 512)],
      ['PageRangesDiffIsNotUsed', () => blob.getPageRangesDiff(0, mebibyte, taken)],
      ['InvalidHeaderValue', () => pageBlob('huge.vhd', 9 * mebibyte * mebibyte)],
      ['MetadataOfReplicasIsNotUsed', () => blob.setMetadata({ any: 'thing' })],
    ];
    for (const [code, attempt] of tries) await expect(attempt()).rejects.toMatchObject({ code });
    const ranges = await blob.getPageRanges();
    expect(ranges.pageRange).toEqual([]);
  });

  it('lets pass what Azure takes', async () => {
    const blob = await pageBlob('fine.vhd', 8 * mebibyte);
    await blob.uploadPages(Buffer.alloc(4 * mebibyte, 1), 4 * mebibyte, 4 * mebibyte, {
      conditions: { ifSequenceNumberEqualTo: 0 },
    });
    await blob.clearPages(0, 8 * mebibyte);
    await blob.resize(16 * mebibyte);
    await blob.uploadPages(Buffer.alloc(512, 1), 16 * mebibyte - 512, 512);
    await blob.updateSequenceNumber('max', 5);
    expect((await blob.getProperties()).blobSequenceNumber).toBe(5);
  });

  it('answers 503 beyond so many requests a second to one blob, which the client lives through', async () => {
    let now = 0;
    let stepInMs = 60;
    const options = { requestsPerSecond: 10, now: () => (now += stepInMs) };
    const retryPolicyType = StorageRetryPolicyType.FIXED;
    const service = azurite().service({
      ...options,
      retryOptions: { retryPolicyType, retryDelayInMs: 1, maxTries: 1000 },
    });
    const container = service.getContainerClient('strict');
    const busy = container.getPageBlobClient('busy.vhd');
    await busy.create(mebibyte);
    await Promise.all(
      Array.from({ length: 25 }, (_, index) => busy.uploadPages(Buffer.alloc(512, 1), index * 1024, 512)),
    );
    expect((await busy.getPageRanges()).pageRange).toHaveLength(25);

    stepInMs = 5;
    const impatient = azurite().service({ ...options, retryOptions: { maxTries: 1 } });
    const blob = impatient.getContainerClient('strict').getPageBlobClient('busy.vhd');
    const answers = await Promise.allSettled(Array.from({ length: 25 }, () => blob.getProperties()));
    const refused = answers.filter(({ status }) => status === 'rejected');
    expect(refused).toHaveLength(15);
    expect(refused[0]).toMatchObject({ reason: { statusCode: 503, code: 'ServerBusy' } });
  });
});

async function pageBlob(name: string, sizeBytes: number): Promise<PageBlobClient> {
  const blob = azurite().service().getContainerClient('strict').getPageBlobClient(name);
  await blob.create(sizeBytes);
  await blob.getProperties();
  return blob;
}
