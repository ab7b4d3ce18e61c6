import { encodeChangeLog } from '../../shared/formats/change-log/encode-change-log';
import type { Extent } from '../../shared/model/extent';
import { fold } from '../../shared/model/writes/fold';
import { unpackWrites } from '../capture/packed-writes';
import { replaceFile } from '../spool/durable-file';
import type { SpoolCipher } from '../spool/spool-cipher';
import type { LogSealer, SealedLog, SealRequest } from './log-sealer';

/** Seals in the thread that asks for it. */
export class PlainSealer implements LogSealer {
  constructor(private readonly cipher: SpoolCipher) {}

  async seal({ header, writes, path }: SealRequest): Promise<SealedLog> {
    const { bytes, digest } = await encodeChangeLog(header, folded(unpackWrites(writes)));
    await replaceFile(path, this.cipher.seal(bytes));
    return { bytes, digest };
  }

  async close(): Promise<void> {
    // Nothing is kept open.
  }
}

/** The writes folded, their bytes not copied: a run of several parts stays several neighbouring extents. */
function folded(extents: readonly Extent[]): Extent[] {
  return fold(extents).flatMap((run): Extent[] => {
    if (run.kind === 'zero') return [run];
    let offsetBytes = run.offsetBytes;
    return run.parts.map((data) => {
      const extent: Extent = { kind: 'data', offsetBytes, lengthBytes: data.byteLength, data };
      offsetBytes += data.byteLength;
      return extent;
    });
  });
}
