import { randomUUID } from 'node:crypto';
import type { TargetDocuments } from '../../shared/ports/target-documents';

/** What every TargetDocuments must do. `documents` gives the same store each time; names are new in each test. */
export function describeTargetDocuments(name: string, documents: () => TargetDocuments): void {
  describe(`${name} keeps target documents`, () => {
    it('gives back a document as it was created, and none where there is none', async () => {
      const at = `replicas/${randomUUID()}/epochs/1`;
      expect(await documents().get(at)).toBeUndefined();
      const created = await documents().create(at, { kind: 'rebase', base: [1, 'ä'] });
      expect(await documents().get(at)).toEqual({
        name: at,
        body: { kind: 'rebase', base: [1, 'ä'] },
        etag: created.etag,
      });
    });

    it('is created by exactly one of many', async () => {
      const at = randomUUID();
      const tries = await Promise.allSettled(
        Array.from({ length: 8 }, (_, index) => documents().create(at, { by: index })),
      );
      const refused = tries.flatMap((result) =>
        result.status === 'rejected' ? [result.reason as unknown] : [],
      );
      expect(refused).toHaveLength(7);
      for (const reason of refused) expect(reason).toMatchObject({ code: 'Conflict' });
      const winner = tries.findIndex(({ status }) => status === 'fulfilled');
      expect((await documents().get(at))?.body).toEqual({ by: winner });
    });

    it('is replaced and removed only by who has seen it last', async () => {
      const at = randomUUID();
      const stale = { code: 'PreconditionFailed' };
      const first = await documents().create(at, { version: 1 });
      const second = await documents().replace(at, { version: 2 }, first.etag);
      await expect(documents().replace(at, { version: 3 }, first.etag)).rejects.toMatchObject(stale);
      await expect(documents().remove(at, first.etag)).rejects.toMatchObject(stale);
      expect((await documents().get(at))?.body).toEqual({ version: 2 });
      await documents().remove(at, second.etag);
      expect(await documents().get(at)).toBeUndefined();
      await expect(documents().replace(at, { version: 4 }, second.etag)).rejects.toMatchObject(stale);
    });

    it('is removed without an etag as often as asked', async () => {
      const at = randomUUID();
      await documents().create(at, {});
      await documents().remove(at);
      await documents().remove(at);
      expect(await documents().get(at)).toBeUndefined();
    });

    it('lists the names that begin so, in order', async () => {
      const at = randomUUID();
      const names = ['b/2', 'a', 'b/10', 'b/1', 'c'].map((name) => `${at}/${name}`);
      for (const name of names) await documents().create(name, {});
      const listed: string[] = [];
      for await (const name of documents().list(`${at}/b/`)) listed.push(name);
      expect(listed).toEqual(['b/1', 'b/10', 'b/2'].map((name) => `${at}/${name}`));
    });

    it('keeps bytes of any length, and the last that were put', async () => {
      const at = `journal/${randomUUID()}`;
      await expect(contentOf(documents().bytes(at))).rejects.toMatchObject({ code: 'NotFound' });
      for (const length of [9_000_001, 0, 3]) {
        const bytes = Buffer.alloc(length, 'journalled ');
        await documents().putBytes(at, inChunks(bytes));
        expect((await contentOf(documents().bytes(at))).equals(bytes)).toBe(true);
      }
      await documents().remove(at);
      await expect(contentOf(documents().bytes(at))).rejects.toMatchObject({ code: 'NotFound' });
    });
  });
}

async function* inChunks(bytes: Buffer): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += 100_000) yield bytes.subarray(at, at + 100_000);
}

async function contentOf(chunks: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const collected: Uint8Array[] = [];
  for await (const chunk of chunks) collected.push(chunk);
  return Buffer.concat(collected);
}
