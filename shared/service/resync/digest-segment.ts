import { isRefusal, LifeboatError } from '../../errors';
import { digestOfBlock, encodeDigestMap } from '../../formats/digest-map';
import { endOf, type Range } from '../../model/extent';
import { closedNumber } from '../../model/position';
import { digestMapName } from '../../model/target-names';
import type { ReplicaDisk } from '../../ports/replica-disk';
import type { DigestSegment } from '../replicas';
import type { ReplicationPorts } from '../replication-ports';

/** The largest read while digests are computed. */
const readBytes = 8 * 1024 * 1024;

export interface DigestRequest {
  readonly replicaId: string;
  readonly epoch: number;
  readonly segment: number;
}

/**
 * The digests of one segment of an epoch's base. Computed from a snapshot of the base at the first asking, then kept, so
 * that an interrupted resync goes on where it was. Ranges never written are zeros, and are not read.
 */
export async function digestSegment(ports: ReplicationPorts, request: DigestRequest): Promise<DigestSegment> {
  const { disks, documents, measures } = ports;
  const { replicaId, epoch, segment } = request;
  const disk = disks.open(replicaId);
  const { sizeBytes } = await disk.state();
  const segmentBytes = measures.digestBlockBytes * measures.digestSegmentBlocks;
  const segmentCount = Math.max(1, Math.ceil(sizeBytes / segmentBytes));
  if (segment < 0 || segment >= segmentCount) {
    throw new LifeboatError('NotFound', `The disk has ${segmentCount} segments of digests.`);
  }
  const name = digestMapName(replicaId, epoch, segment);
  const kept = await keptBytes(ports, name);
  if (kept !== undefined) return { segment, segmentCount, bytes: kept };

  const number = closedNumber({ epoch, sequence: 0 });
  const snapshotId = await baseSnapshot(disk, number);
  const offsetBytes = segment * segmentBytes;
  const range = { offsetBytes, lengthBytes: Math.min(segmentBytes, sizeBytes - offsetBytes) };
  const written = await disks.writtenRanges(replicaId, snapshotId);
  const digests = await digestsOf(
    { disk, snapshotId, blockBytes: measures.digestBlockBytes },
    range,
    written,
  );
  const bytes = encodeDigestMap({
    replicaId,
    number,
    blockBytes: measures.digestBlockBytes,
    offsetBytes,
    digests,
  });
  await documents.putBytes(name, once(bytes));
  return { segment, segmentCount, bytes };
}

/** The snapshot of the base: there already, or taken now if the replica has not left it. */
async function baseSnapshot(disk: ReplicaDisk, number: number): Promise<string> {
  for (;;) {
    const taken = (await disk.snapshots()).find((snapshot) => snapshot.number === number);
    if (taken !== undefined) return taken.id;
    const state = await disk.state();
    if (state.number !== number) {
      throw new LifeboatError('BaseMoved', 'The replica has left the base whose digests were asked for.');
    }
    try {
      return (await disk.snapshot(state.etag)).id;
    } catch (error) {
      if (!isRefusal(error, 'StaleWriter')) throw error;
    }
  }
}

interface DigestSource {
  readonly disk: ReplicaDisk;
  readonly snapshotId: string;
  readonly blockBytes: number;
}

async function digestsOf(
  source: DigestSource,
  { offsetBytes, lengthBytes }: Range,
  written: readonly Range[],
): Promise<readonly (Uint8Array | undefined)[]> {
  const digests: (Uint8Array | undefined)[] = [];
  const until = offsetBytes + lengthBytes;
  const stepBytes = Math.max(source.blockBytes, readBytes - (readBytes % source.blockBytes));
  for (let at = offsetBytes; at < until; at += stepBytes) {
    const part = { offsetBytes: at, lengthBytes: Math.min(stepBytes, until - at) };
    const data = await readPart(source, part, written);
    for (let from = 0; from < part.lengthBytes; from += source.blockBytes) {
      digests.push(
        data === undefined ? undefined : digestOfBlock(data.subarray(from, from + source.blockBytes)),
      );
    }
  }
  return digests;
}

/** The bytes of a part, or undefined if nothing in it was ever written. The snapshot may be of a smaller disk: beyond it, zeros. */
async function readPart(
  { disk, snapshotId }: DigestSource,
  part: Range,
  written: readonly Range[],
): Promise<Uint8Array | undefined> {
  const inPart = written.filter(
    (range) => range.offsetBytes < endOf(part) && endOf(range) > part.offsetBytes,
  );
  const endBytes = Math.min(endOf(part), Math.max(...inPart.map(endOf)));
  if (inPart.length === 0) return undefined;
  const range = { offsetBytes: part.offsetBytes, lengthBytes: endBytes - part.offsetBytes };
  const { data } = await disk.read(range, snapshotId);
  if (data.length === part.lengthBytes) return data;
  const padded = new Uint8Array(part.lengthBytes);
  padded.set(data);
  return padded;
}

async function keptBytes({ documents }: ReplicationPorts, name: string): Promise<Uint8Array | undefined> {
  const chunks: Uint8Array[] = [];
  try {
    for await (const chunk of documents.bytes(name)) chunks.push(chunk);
  } catch (error) {
    if (isRefusal(error, 'NotFound')) return undefined;
    throw error;
  }
  return Buffer.concat(chunks);
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}
