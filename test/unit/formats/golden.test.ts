import { readFileSync } from 'node:fs';
import { encodeChangeLog } from '../../../shared/formats/change-log/encode-change-log';
import { readChangeLog } from '../../../shared/formats/change-log/read-change-log';
import { verifyChangeLog } from '../../../shared/formats/change-log/verify-change-log';
import type { Extent } from '../../../shared/model/extent';
import { goldenLogs, type GoldenLog } from './golden-logs';

describe.each(goldenLogs)('the golden log $name', ({ name, header, extents, codec, digest }: GoldenLog) => {
  const bytes = readFileSync(`${__dirname}/golden/${name}.changelog`);

  it('is read as what it was made of', async () => {
    const reader = await readChangeLog(once(bytes));
    expect(reader.header).toEqual(header);
    const read: Extent[] = [];
    for await (const frame of reader.frames()) read.push(...frame);
    expect(read).toHaveLength(extents.length);
    for (const [index, extent] of extents.entries()) {
      expect(read[index]).toMatchObject({
        kind: extent.kind,
        offsetBytes: extent.offsetBytes,
        lengthBytes: extent.lengthBytes,
      });
      expect(dataOf(read[index])).toBe(dataOf(extent));
    }
    expect(await verifyChangeLog(once(bytes))).toMatchObject({ header, digest });
  });

  // A library may find a better compression; only what it means is fixed.
  if (codec === 'none') {
    it('is written again byte for byte', async () => {
      const encoded = await encodeChangeLog(header, extents, { codec });
      expect(encoded.digest).toBe(digest);
      expect(Buffer.from(encoded.bytes).toString('hex')).toBe(bytes.toString('hex'));
    });
  }
});

describe('docs/formats/change-log.md', () => {
  it('shows the golden log `sorted` as it is', () => {
    const page = readFileSync('docs/formats/change-log.md', 'utf8');
    const shown = [...page.matchAll(/^[0-9a-f]{4} {2}((?:[0-9a-f]{2} ?)+)(?:\s+x (\d+))?/gm)];
    const hex = shown.map(([, row = '', times = '1']) => row.replace(/\s/g, '').repeat(Number(times)));
    expect(hex.join('')).toBe(readFileSync(`${__dirname}/golden/sorted.changelog`).toString('hex'));
  });
});

function dataOf(extent: Extent | undefined): string {
  return extent?.kind === 'data' ? Buffer.from(extent.data).toString('hex') : '';
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}
