import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import type { LogHeader } from '../../model/change-log';
import { endOf, type Extent } from '../../model/extent';
import { compressBody } from './codec';
import { encodeFrameHeader } from './frame-header';
import { encodeHeader } from './header';
import type { Codec } from './layout';
import { expectWithinLimits } from './limits';
import { encodeMarker } from './marker';
import { packFrames } from './pack-frames';
import { encodeRecords } from './records';
import { encodeTrailer } from './trailer';

export interface EncodeOptions {
  /** `lz4` unless said otherwise; a frame that does not shrink is kept as it is. */
  readonly codec?: Codec;
}

export interface EncodedChangeLog {
  readonly bytes: Uint8Array;
  /** What the next log is chained to. */
  readonly digest: string;
}

/** Seals writes into a change log. The extents may come in any order and overlap: the later one wins. */
export async function encodeChangeLog(
  header: LogHeader,
  extents: readonly Extent[],
  { codec = 'lz4' }: EncodeOptions = {},
): Promise<EncodedChangeLog> {
  const marker = header.marker === undefined ? undefined : encodeMarker(header.marker);
  const isSorted = ascends(extents);
  const parts: Uint8Array[] = [encodeHeader({ header, isSorted, markerBytes: marker?.length ?? 0 })];
  if (marker !== undefined) parts.push(marker);

  const counts = { frameCount: 0, recordCount: 0, dataBytes: 0 };
  for (const frame of packFrames(extents, header.diskSizeBytes)) {
    const encoded = await encodeFrame(frame, codec);
    parts.push(...encoded.parts);
    counts.frameCount += 1;
    counts.recordCount += frame.length;
    counts.dataBytes += encoded.dataBytes;
    expectWithinLimits(counts, isSorted);
  }

  const digest = digestOf(parts);
  parts.push(encodeTrailer({ ...counts, digest }));
  return { bytes: Buffer.concat(parts), digest };
}

interface EncodedFrame {
  readonly parts: readonly Uint8Array[];
  readonly dataBytes: number;
}

async function encodeFrame(extents: readonly Extent[], codec: Codec): Promise<EncodedFrame> {
  const table = encodeRecords(extents);
  const raw = extents.flatMap((extent) => (extent.kind === 'data' ? [extent.data] : []));
  const dataBytes = raw.reduce((sum, { length }) => sum + length, 0);
  const block = codec === 'lz4' && dataBytes > 0 ? await compressBody(Buffer.concat(raw)) : undefined;
  const body = block === undefined ? raw : [block];
  const header = encodeFrameHeader({
    codec: block === undefined ? 'none' : 'lz4',
    recordCount: extents.length,
    dataBytes,
    bodyBytes: block?.length ?? dataBytes,
    contentChecksum: body.reduce((checksum, part) => crc32(part, checksum), crc32(table)),
  });
  return { parts: [header, table, ...body], dataBytes };
}

function digestOf(parts: readonly Uint8Array[]): string {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest('hex');
}

function ascends(extents: readonly Extent[]): boolean {
  let reachedBytes = 0;
  for (const extent of extents) {
    if (extent.offsetBytes < reachedBytes) return false;
    reachedBytes = endOf(extent);
  }
  return true;
}
