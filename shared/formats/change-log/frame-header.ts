import { LifeboatError } from '../../errors';
import { sectorBytes } from '../../model/extent';
import { codecs, frameDataLimitBytes, frameHeaderBytes, frameRecordLimit, magic, type Codec } from './layout';
import { expectChecksum, expectZeros, sealWithChecksum } from './numbers';

export interface FrameHeader {
  readonly codec: Codec;
  readonly recordCount: number;
  /** Bytes of disk data in the frame's records, before compression. */
  readonly dataBytes: number;
  /** Bytes of the body as it stands in the file. */
  readonly bodyBytes: number;
  /** CRC-32 of the table and the body as they stand in the file. */
  readonly contentChecksum: number;
}

export function encodeFrameHeader(frame: FrameHeader): Buffer {
  const bytes = Buffer.alloc(frameHeaderBytes);
  bytes.write(magic.frame, 0, 'latin1');
  bytes.writeUInt16LE(codecs[frame.codec], 4);
  bytes.writeUInt16LE(frame.recordCount, 6);
  bytes.writeUInt32LE(frame.dataBytes, 8);
  bytes.writeUInt32LE(frame.bodyBytes, 12);
  bytes.writeUInt32LE(frame.contentChecksum, 16);
  return sealWithChecksum(bytes);
}

/** Every length is judged here, before anything of that length is allocated. */
export function decodeFrameHeader(bytes: Buffer): FrameHeader {
  expectChecksum(bytes, 'header of a frame');
  expectZeros(bytes.subarray(20, 28), 'header of a frame');
  const frame = {
    codec: codecOf(bytes.readUInt16LE(4)),
    recordCount: bytes.readUInt16LE(6),
    dataBytes: bytes.readUInt32LE(8),
    bodyBytes: bytes.readUInt32LE(12),
    contentChecksum: bytes.readUInt32LE(16),
  };
  if (frame.recordCount > frameRecordLimit || frame.dataBytes > frameDataLimitBytes) {
    throw new LifeboatError(
      'LogOversized',
      `A frame claims ${frame.recordCount} records and ${frame.dataBytes} bytes.`,
    );
  }
  if (frame.dataBytes % sectorBytes !== 0) {
    throw new LifeboatError('LogUnaligned', `A frame of ${frame.dataBytes} bytes is not whole sectors.`);
  }
  if (frame.recordCount === 0 || !bodyFits(frame)) {
    throw new LifeboatError(
      'LogCorrupt',
      `A frame claims ${frame.recordCount} records and ${frame.bodyBytes} bytes for ${frame.dataBytes}.`,
    );
  }
  return frame;
}

function bodyFits({ codec, dataBytes, bodyBytes }: FrameHeader): boolean {
  return codec === 'none' ? bodyBytes === dataBytes : bodyBytes > 0 && bodyBytes < dataBytes;
}

function codecOf(code: number): Codec {
  if (code === codecs.none) return 'none';
  if (code === codecs.lz4) return 'lz4';
  throw new LifeboatError('LogUnknownVersion', `A frame is compressed in an unknown way, ${code}.`);
}
