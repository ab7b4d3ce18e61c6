import fc from 'fast-check';
import {
  decodeDigestMap,
  differingBlocks,
  digestOfBlock,
  encodeDigestMap,
} from '../../../shared/formats/digest-map';

const replicaId = '0f0f0f0f-0000-4000-a000-000000000001';
const blockBytes = 1024;

function mapOf(blocks: readonly number[]): Parameters<typeof encodeDigestMap>[0] {
  const digests = blocks.map((value) => digestOfBlock(Buffer.alloc(blockBytes, value)));
  return { replicaId, number: 2 ** 37, blockBytes, offsetBytes: 4096, digests };
}

describe('a digest map', () => {
  it('says back what was put into it', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(3), { maxLength: 40 }), (blocks) => {
        const decoded = decodeDigestMap(encodeDigestMap(mapOf(blocks)));
        expect(decoded).toMatchObject({ replicaId, number: 2 ** 37, blockBytes, offsetBytes: 4096 });
        expect(decoded.digests.map((digest) => digest && Buffer.from(digest))).toEqual(mapOf(blocks).digests);
      }),
    );
  });

  it('takes one bit for a block of zeros and 32 bytes more for any other', () => {
    expect(encodeDigestMap(mapOf([0, 0, 0, 0, 0, 0, 0, 0])).length).toBe(64 + 1 + 32);
    expect(encodeDigestMap(mapOf([0, 1, 0, 2])).length).toBe(64 + 1 + 64 + 32);
  });

  it('finds exactly the blocks that differ', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(2), fc.nat(2)), { maxLength: 30 }), (pairs) => {
        const map = mapOf(pairs.map(([theirs]) => theirs));
        const ours = pairs.map(([, value]) => digestOfBlock(Buffer.alloc(blockBytes, value)));
        const differing = differingBlocks(map, (offsetBytes) => ours[(offsetBytes - 4096) / blockBytes]);
        const expected = pairs.flatMap(([left, right], index) =>
          left === right ? [] : [4096 + index * blockBytes],
        );
        expect(differing).toEqual(expected);
      }),
    );
  });

  it('refuses anything damaged, with one typed error', () => {
    const bytes = encodeDigestMap(mapOf([0, 1, 2, 3]));
    fc.assert(
      fc.property(
        fc.nat(bytes.length - 1),
        fc.integer({ min: 1, max: 255 }),
        fc.nat(bytes.length - 1),
        (at, flip, cut) => {
          const damaged = Buffer.from(bytes);
          damaged[at] = (damaged[at] ?? 0) ^ flip;
          const refusal = expect.objectContaining({ code: 'BadRequest' }) as Error;
          expect(() => decodeDigestMap(damaged)).toThrow(refusal);
          expect(() => decodeDigestMap(bytes.subarray(0, cut))).toThrow(refusal);
        },
      ),
    );
  });
});
