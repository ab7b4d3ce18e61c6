import { BlobServiceClient, type PageBlobClient } from '@azure/storage-blob';
import { startStack, type Stack } from '../../support/stack';
import { killAfterSettling } from '../../support/stack/settled-writes';

const rounds = process.env['LIFEBOAT_LONG'] === '1' ? 200 : 3;
const pagesPerRound = 8;

describe('a message that is settled', () => {
  let stack: Stack;
  let disk: PageBlobClient;

  beforeAll(async () => {
    stack = await startStack({
      parts: ['target', 'servicebus', 'host'],
      declarationFile: 'test/support/stack/page-writer/local.cloud.json',
    });
    const account = BlobServiceClient.fromConnectionString(stack.facts['target.connectionString'] ?? '');
    const container = account.getContainerClient('disks');
    await container.create();
    disk = container.getPageBlobClient('disk');
    await disk.create(rounds * pagesPerRound * 512);
    await stack.save();
  });
  afterAll(() => stack.stop());

  it(
    `has its pages on disk, even when the storage is killed right after (${rounds} rounds)`,
    async () => {
      const valueOf = (page: number) => (page % 250) + 1;
      await killAfterSettling({
        stack,
        queue: 'writes',
        rounds,
        messages: (round) =>
          Array.from({ length: pagesPerRound }, (_, index) => {
            const page = round * pagesPerRound + index;
            return { body: { page, value: valueOf(page) }, contentType: 'application/json' };
          }),
        check: async (round) => {
          const written = (round + 1) * pagesPerRound;
          const content = await disk.downloadToBuffer(0, written * 512);
          const found = Array.from({ length: written }, (_, page) => content[page * 512]);
          expect(found).toEqual(Array.from({ length: written }, (_, page) => valueOf(page)));
        },
      });
    },
    rounds * 15_000 + 20_000,
  );
});
