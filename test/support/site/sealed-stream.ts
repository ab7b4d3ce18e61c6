import { encodeChangeLog } from '../../../shared/formats/change-log/encode-change-log';
import type { Marker } from '../../../shared/model/change-log';
import type { Extent } from '../../../shared/model/extent';

/** A disk in memory with the logs of its writes, sealed and chained as an agent does. */
export class SealedStream {
  readonly content: Buffer;
  #sequence = 0;

  constructor(
    private readonly epoch: { readonly replicaId: string; readonly epoch: number },
    private digest: string,
    readonly sizeBytes: number,
  ) {
    this.content = Buffer.alloc(sizeBytes);
  }

  get sequence(): number {
    return this.#sequence;
  }

  /** The next log: one write, and perhaps a marker after it. */
  async seal(offsetBytes: number, data: Buffer, markerId?: string): Promise<Uint8Array> {
    data.copy(this.content, offsetBytes);
    const nowInMs = 1_700_000_000_000 + this.#sequence;
    const marker: Marker | undefined =
      markerId === undefined
        ? undefined
        : {
            ...{ id: markerId, kind: 'crash', members: [this.epoch.replicaId] },
            ...{ cutTimeInMs: nowInMs, seenServiceTimeInMs: nowInMs },
          };
    const extent: Extent = { kind: 'data', offsetBytes, lengthBytes: data.byteLength, data };
    const header = {
      ...this.epoch,
      sequence: (this.#sequence += 1),
      ...{ previousDigest: this.digest, diskSizeBytes: this.sizeBytes },
      ...{ firstWriteTimeInMs: nowInMs, lastWriteTimeInMs: nowInMs },
      ...(marker === undefined ? {} : { marker }),
    };
    const { bytes, digest } = await encodeChangeLog(header, [extent]);
    this.digest = digest;
    return bytes;
  }
}
