import { decodeDigestMap, type DigestMap } from '../../shared/formats/digest-map';
import { closedNumber } from '../../shared/model/position';
import { blockBytes } from '../capture/dirty-bitmap';
import type { ServiceClient } from '../service/service-client';
import type { BlockDigests } from './block-digests';

/** The digest map of a replica's base, fetched from the service segment by segment as it is needed. */
export function serviceDigests(service: ServiceClient, replicaId: string, epoch: number): BlockDigests {
  let current: { readonly segment: number; readonly map: DigestMap } | undefined;
  let segmentBlocks: number | undefined;

  async function mapOf(segment: number): Promise<DigestMap> {
    if (current?.segment === segment) return current.map;
    const { bytes } = await service.digests(replicaId, epoch, segment);
    const map = decodeDigestMap(bytes);
    const isOurs = map.replicaId === replicaId && map.blockBytes === blockBytes;
    if (!isOurs || map.number !== closedNumber({ epoch, sequence: 0 }))
      throw new Error('the digest map is of another replica, epoch or block size');
    current = { segment, map };
    return map;
  }

  return {
    digestOf: async (block) => {
      // The first segment tells how many blocks each of them covers.
      segmentBlocks ??= (await mapOf(0)).digests.length;
      const map = await mapOf(Math.floor(block / segmentBlocks));
      return map.digests[block - map.offsetBytes / blockBytes];
    },
  };
}
