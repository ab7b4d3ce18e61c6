import { encodeChangeLog } from '../../../shared/formats/change-log/encode-change-log';
import type { LogHeader, Marker } from '../../../shared/model/change-log';
import type { ReplicationPorts } from '../../../shared/service/replication-ports';
import { everyPoint, type MemoryReplication } from './memory-replication';

export const replicaId = '0f0f0f0f-0000-4000-a000-000000000001';
export const markerId = '99999999-0000-4000-a000-000000000001';
export const sizeBytes = 8 * 512;

/** An agent that seals one sector of one value into each log. */
export class MemorySource {
  sequence = 0;
  #digest: string;

  constructor(
    private readonly ports: ReplicationPorts,
    readonly epoch: number,
    chainHead: string,
    private readonly id = replicaId,
  ) {
    this.#digest = chainHead;
  }

  async seal(value: number, more: Partial<LogHeader> = {}): Promise<Uint8Array> {
    this.sequence += 1;
    const header = {
      ...{ replicaId: this.id, epoch: this.epoch, sequence: this.sequence, previousDigest: this.#digest },
      ...{ diskSizeBytes: sizeBytes, firstWriteTimeInMs: this.sequence, lastWriteTimeInMs: this.sequence },
    };
    const extent = {
      kind: 'data',
      offsetBytes: 512 * (value % 8),
      lengthBytes: 512,
      data: Buffer.alloc(512, value),
    } as const;
    const { bytes, digest } = await encodeChangeLog({ ...header, ...more }, [extent], { codec: 'none' });
    this.#digest = digest;
    return bytes;
  }

  put(bytes: Uint8Array, attempt = 0): Promise<void> {
    return this.ports.cache.put(
      { replicaId: this.id, epoch: this.epoch, sequence: this.sequence, attempt },
      bytes,
    );
  }
}

export async function protectedDisk(replication: MemoryReplication, id = replicaId): Promise<MemorySource> {
  await replication.replicas.create({ replicaId: id, sizeBytes, ownerId: 'machine', policy: everyPoint });
  const { epoch, chainHead } = await replication.replicas.startEpoch({
    replicaId: id,
    kind: 'rebase',
    reason: 'test',
    job: 'j',
  });
  return new MemorySource(replication.ports, epoch, chainHead, id);
}

export function markerOf(members: readonly string[] = [replicaId]): { readonly marker: Marker } {
  return { marker: { id: markerId, kind: 'crash', members, seenServiceTimeInMs: 1, cutTimeInMs: 2 } };
}
