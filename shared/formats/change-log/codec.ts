import { compress, uncompressSync } from 'lz4-napi';
import { LifeboatError } from '../../errors';
import { bestCompression } from './layout';

/** The library puts the raw length before each block; the frame's header says it already, so it is left out. */
const prefixBytes = 4;

/** A compressed body is kept only if it saves a tenth: reading it costs time too. */
const worthwhileShare = 0.9;

/** The body as one LZ4 block, or nothing where that does not pay. */
export async function compressBody(body: Uint8Array): Promise<Uint8Array | undefined> {
  const block = (await compress(body)).subarray(prefixBytes);
  return block.length < body.length * worthwhileShare ? block : undefined;
}

/** Allocates `dataBytes` at most, and only if the block is large enough to stand for them. */
export function uncompressBody(block: Uint8Array, dataBytes: number): Uint8Array {
  if (dataBytes > block.length * bestCompression) {
    throw new LifeboatError('LogOversized', `${block.length} compressed bytes claim to hold ${dataBytes}.`);
  }
  const prefixed = Buffer.allocUnsafe(prefixBytes + block.length);
  prefixed.writeUInt32LE(dataBytes, 0);
  prefixed.set(block, prefixBytes);
  const body = uncompressed(prefixed);
  if (body.length === dataBytes) return body;
  throw new LifeboatError('LogCorrupt', `A frame claims ${dataBytes} bytes and holds ${body.length}.`);
}

function uncompressed(prefixed: Buffer): Uint8Array {
  try {
    return uncompressSync(prefixed);
  } catch (error) {
    throw new LifeboatError('LogCorrupt', 'The body of a frame is not a valid LZ4 block.', { cause: error });
  }
}
