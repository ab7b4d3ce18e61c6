import { encodeChangeLog } from '../../../shared/formats/change-log/encode-change-log';
import type { LogHeader, Marker } from '../../../shared/model/change-log';
import type { Extent } from '../../../shared/model/extent';
import type { SeededChance } from '../../support/seeded-chance';

const sectorBytes = 512;

export interface SealedLog {
  readonly sequence: number;
  readonly bytes: Uint8Array;
}

/** A disk whose writes become logs, and which remembers what it held at each marker. */
export class SourceDisk {
  readonly content: Buffer;
  readonly logs: SealedLog[] = [];
  /** By point id: the bytes the disk held there. */
  readonly markers = new Map<string, Buffer>();
  #previousDigest: string;

  constructor(
    private readonly stream: {
      readonly replicaId: string;
      readonly epoch: number;
      readonly chainHead: string;
    },
    private readonly chance: SeededChance,
    private readonly startedAtMs: number,
    sizeBytes: number,
  ) {
    this.content = Buffer.alloc(sizeBytes);
    this.#previousDigest = stream.chainHead;
  }

  /** Some writes, and perhaps a marker after them, sealed as the next log. */
  async seal(withMarker: boolean): Promise<void> {
    const extents = Array.from({ length: 1 + this.chance.below(24) }, () => this.#write());
    const sequence = this.logs.length + 1;
    const header: LogHeader = {
      replicaId: this.stream.replicaId,
      epoch: this.stream.epoch,
      sequence,
      previousDigest: this.#previousDigest,
      diskSizeBytes: this.content.length,
      firstWriteTimeInMs: sequence * 10,
      lastWriteTimeInMs: sequence * 10 + 5,
      ...(withMarker ? { marker: this.#marker(sequence) } : {}),
    };
    const codec = this.chance.pick(['none', 'lz4'] as const);
    const { bytes, digest } = await encodeChangeLog(header, extents, { codec });
    this.#previousDigest = digest;
    this.logs.push({ sequence, bytes });
  }

  #write(): Extent {
    const sectors = this.content.length / sectorBytes;
    const offsetBytes = this.chance.below(sectors) * sectorBytes;
    const longest = this.chance.pick([1, 8, 128, 1024]);
    const lengthBytes =
      Math.min(1 + this.chance.below(longest), sectors - offsetBytes / sectorBytes) * sectorBytes;
    if (this.chance.below(5) === 0) {
      this.content.fill(0, offsetBytes, offsetBytes + lengthBytes);
      return { kind: 'zero', offsetBytes, lengthBytes };
    }
    const data = Buffer.alloc(lengthBytes, this.chance.below(256));
    data.copy(this.content, offsetBytes);
    return { kind: 'data', offsetBytes, lengthBytes, data };
  }

  #marker(sequence: number): Marker {
    const id = uuid(this.chance);
    this.markers.set(id, Buffer.from(this.content));
    const times = { seenServiceTimeInMs: this.startedAtMs, cutTimeInMs: this.startedAtMs + sequence };
    return { id, kind: 'crash', members: [this.stream.replicaId], ...times };
  }
}

/** The same seed gives the same names. */
export function uuid(chance: SeededChance): string {
  const digits = Array.from({ length: 32 }, () => chance.below(16).toString(16)).join('');
  return digits.replace(/^(.{8})(.{4}).(.{3}).(.{3})(.{12})$/, '$1-$2-4$3-8$4-$5');
}
