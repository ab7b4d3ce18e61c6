import type { BlobServiceClient, ContainerClient, PageBlobClient } from '@azure/storage-blob';
import { present } from '../assert';
import { isRefusal, LifeboatError } from '../errors';
import { encodeVhdFooter, expectVhdSize, vhdFooterBytes } from '../formats/vhd/fixed-vhd';
import type { Range } from '../model/extent';
import type { Clock } from '../ports/clock';
import type { ReplicaDisk } from '../ports/replica-disk';
import type { ReplicaDisks } from '../ports/replica-disks';
import { PageBlobReplicaDisk } from './page-blob-replica-disk';
import { isAnswer, removing, translating } from './storage-refusals';

const containerName = 'replicas';
const suffix = '.vhd';
const copyPollInMs = 200;
const refusals = { 404: 'NotFound', 412: 'StaleWriter' } as const;

/** The replica disks of one target account: page blobs, each a fixed VHD that a managed disk can be made from. */
export class PageBlobReplicaDisks implements ReplicaDisks {
  readonly #container: ContainerClient;

  constructor(
    target: BlobServiceClient,
    private readonly clock: Clock,
  ) {
    this.#container = target.getContainerClient(containerName);
  }

  async create(replicaId: string, sizeBytes: number): Promise<ReplicaDisk> {
    expectVhdSize(sizeBytes);
    await this.#container.createIfNotExists();
    const blob = this.#blob(replicaId);
    const made = blob.create(sizeBytes + vhdFooterBytes, {
      blobSequenceNumber: 0,
      conditions: { ifNoneMatch: '*' },
    });
    await translating(made, { 409: 'Conflict', 412: 'Conflict' }).catch((error: unknown) => {
      if (!isRefusal(error, 'Conflict')) throw error;
    });
    const disk = new PageBlobReplicaDisk(this.#container, blob.name);
    const found = await disk.state();
    if (found.sizeBytes !== sizeBytes) {
      throw new LifeboatError('Conflict', `The replica disk is there and has ${found.sizeBytes} bytes.`);
    }
    // Whoever created it may have died before the footer: while nothing has been written it is written again.
    if (found.number === 0) await this.#writeFooter(replicaId, sizeBytes);
    return disk;
  }

  open(replicaId: string): ReplicaDisk {
    return new PageBlobReplicaDisk(this.#container, nameOf(replicaId));
  }

  /**
   * The old footer goes first, then the blob grows, then the new footer comes: wherever this stops, no footer is left
   * where the disk's data are, and repeating it ends with a valid VHD.
   */
  async grow(replicaId: string, sizeBytes: number, ifEtag: string): Promise<void> {
    expectVhdSize(sizeBytes);
    const before = await this.open(replicaId).state();
    if (before.etag !== ifEtag) throw new LifeboatError('StaleWriter', 'The replica disk has moved on.');
    if (before.sizeBytes < sizeBytes) {
      const blob = this.#blob(replicaId);
      const cleared = await translating(
        blob.clearPages(before.sizeBytes, vhdFooterBytes, { conditions: { ifMatch: ifEtag } }),
        refusals,
      );
      const ifMatch = present(cleared.etag, 'the etag of a page blob');
      await translating(blob.resize(sizeBytes + vhdFooterBytes, { conditions: { ifMatch } }), refusals);
    }
    await this.#writeFooter(replicaId, Math.max(sizeBytes, before.sizeBytes));
  }

  async copy(replicaId: string, snapshotId: string, toReplicaId: string): Promise<ReplicaDisk> {
    const source = this.#blob(replicaId).withSnapshot(snapshotId);
    const { blobSequenceNumber } = await translating(source.getProperties(), refusals);
    const target = this.#blob(toReplicaId);
    await this.#copyBlob(source.url, target);
    const disk = this.open(toReplicaId);
    const { sizeBytes } = await disk.raise(present(blobSequenceNumber, 'the number of a snapshot'));
    await this.#writeFooter(toReplicaId, sizeBytes);
    return disk;
  }

  async remove(replicaId: string): Promise<void> {
    await removing(this.#blob(replicaId).deleteIfExists({ deleteSnapshots: 'include' }));
  }

  async list(): Promise<readonly string[]> {
    const ids: string[] = [];
    try {
      for await (const { name } of this.#container.listBlobsFlat()) {
        if (name.endsWith(suffix)) ids.push(name.slice(0, -suffix.length));
      }
    } catch (error) {
      if (!isAnswer(error, 404)) throw error;
    }
    return ids.sort();
  }

  async writtenRanges(replicaId: string, snapshotId?: string): Promise<readonly Range[]> {
    const base = this.#blob(replicaId);
    const blob = snapshotId === undefined ? base : base.withSnapshot(snapshotId);
    const properties = await translating(blob.getProperties(), refusals);
    const sizeBytes = present(properties.contentLength, 'the length of a page blob') - vhdFooterBytes;
    const ranges: Range[] = [];
    for await (const { start, end, isClear } of blob.listPageRanges(0, sizeBytes)) {
      const endBytes = Math.min(end + 1, sizeBytes);
      if (!isClear && start < endBytes) ranges.push({ offsetBytes: start, lengthBytes: endBytes - start });
    }
    return ranges;
  }

  /** Starts the copy, or finds the one that an earlier call started, and waits for it. */
  async #copyBlob(sourceUrl: string, target: PageBlobClient): Promise<void> {
    try {
      const copying = await target.beginCopyFromURL(sourceUrl, {
        conditions: { ifNoneMatch: '*' },
        intervalInMs: copyPollInMs,
      });
      await copying.pollUntilDone();
    } catch (error) {
      if (!isAnswer(error, 409, 412)) throw error;
    }
    for (;;) {
      const { copyStatus } = await translating(target.getProperties(), refusals);
      if (copyStatus === 'success') return;
      if (copyStatus !== 'pending') {
        throw new LifeboatError(
          'Conflict',
          `${target.name} is there and is no copy (${copyStatus ?? 'none'}).`,
        );
      }
      await this.clock.sleep(copyPollInMs);
    }
  }

  async #writeFooter(replicaId: string, sizeBytes: number): Promise<void> {
    const footer = encodeVhdFooter(sizeBytes, replicaId);
    await translating(this.#blob(replicaId).uploadPages(footer, sizeBytes, vhdFooterBytes), refusals);
  }

  #blob(replicaId: string): PageBlobClient {
    return this.#container.getPageBlobClient(nameOf(replicaId));
  }
}

function nameOf(replicaId: string): string {
  return `${replicaId}${suffix}`;
}
