import type { BlobItem, ContainerClient, PageBlobClient } from '@azure/storage-blob';
import { present } from '../assert';
import { LifeboatError } from '../errors';
import { vhdFooterBytes } from '../formats/vhd/fixed-vhd';
import { endOf, isSectorAligned, pageWriteLimitBytes, type DataExtent, type Range } from '../model/extent';
import type { DiskSnapshot, ReadAnswer, ReplicaDisk, ReplicaState } from '../ports/replica-disk';
import { bodyOf } from './download';
import { removing, translating } from './storage-refusals';

const refusals = { 404: 'NotFound', 412: 'StaleWriter' } as const;

/** Premium accounts keep few snapshots of a blob and take them seldom. */
const snapshotRefusals = {
  ...refusals,
  SnapshotCountExceeded: 'SnapshotRefused',
  SnapshotOperationRateExceeded: 'SnapshotRefused',
} as const;

/** A replica disk in a page blob, a fixed VHD. The blob's own sequence number is the disk's number. */
export class PageBlobReplicaDisk implements ReplicaDisk {
  readonly #container: ContainerClient;
  readonly #blob: PageBlobClient;
  /** As last seen: disks grow, so a range beyond it is looked at again before it is refused. */
  #sizeBytes = 0;

  constructor(container: ContainerClient, name: string) {
    this.#container = container;
    this.#blob = container.getPageBlobClient(name);
  }

  async state(): Promise<ReplicaState> {
    const properties = await translating(this.#blob.getProperties(), refusals);
    this.#sizeBytes = present(properties.contentLength, 'the length of a page blob') - vhdFooterBytes;
    return {
      number: present(properties.blobSequenceNumber, 'the number of a page blob'),
      etag: present(properties.etag, 'the etag of a page blob'),
      sizeBytes: this.#sizeBytes,
    };
  }

  async raise(number: number, ifEtag?: string): Promise<ReplicaState> {
    if (this.#sizeBytes === 0) await this.state();
    const conditions = ifEtag === undefined ? {} : { ifMatch: ifEtag };
    const raised = await translating(
      this.#blob.updateSequenceNumber('max', number, { conditions }),
      refusals,
    );
    return {
      number: present(raised.blobSequenceNumber, 'the number of a page blob'),
      etag: present(raised.etag, 'the etag of a page blob'),
      sizeBytes: this.#sizeBytes,
    };
  }

  async write(extent: DataExtent, atNumber: number): Promise<void> {
    if (extent.lengthBytes > pageWriteLimitBytes || extent.data.length !== extent.lengthBytes) {
      throw new LifeboatError('BadRequest', `${extent.lengthBytes} bytes are not one page write.`);
    }
    await this.#expectInside(extent);
    const conditions = { ifSequenceNumberEqualTo: atNumber };
    await translating(
      this.#blob.uploadPages(extent.data, extent.offsetBytes, extent.lengthBytes, { conditions }),
      refusals,
    );
  }

  async clear(range: Range, atNumber: number): Promise<void> {
    await this.#expectInside(range);
    const conditions = { ifSequenceNumberEqualTo: atNumber };
    await translating(this.#blob.clearPages(range.offsetBytes, range.lengthBytes, { conditions }), refusals);
  }

  async read(range: Range, snapshotId?: string): Promise<ReadAnswer> {
    await this.#expectInside(range);
    const blob = snapshotId === undefined ? this.#blob : this.#blob.withSnapshot(snapshotId);
    const answer = await translating(blob.download(range.offsetBytes, range.lengthBytes), refusals);
    const data = await translating(bodyOf(answer, range.lengthBytes), refusals);
    return { data, number: present(answer.blobSequenceNumber, 'the number of a page blob') };
  }

  async snapshot(ifEtag: string): Promise<DiskSnapshot> {
    const conditions = { ifMatch: ifEtag };
    const taken = await translating(this.#blob.createSnapshot({ conditions }), snapshotRefusals);
    const id = present(taken.snapshot, 'the id of a snapshot');
    const properties = await translating(this.#blob.withSnapshot(id).getProperties(), refusals);
    return { id, number: present(properties.blobSequenceNumber, 'the number of a snapshot') };
  }

  async snapshots(): Promise<readonly DiskSnapshot[]> {
    const found = await translating(this.#listed(), refusals);
    if (found.length === 0)
      throw new LifeboatError('NotFound', `There is no replica disk ${this.#blob.name}.`);
    return found.flatMap(({ snapshot, properties }) => {
      if (!snapshot) return [];
      return [{ id: snapshot, number: present(properties.blobSequenceNumber, 'the number of a snapshot') }];
    });
  }

  async removeSnapshot(id: string): Promise<void> {
    await removing(this.#blob.withSnapshot(id).deleteIfExists());
  }

  /** The blob and its snapshots. */
  async #listed(): Promise<readonly BlobItem[]> {
    const found: BlobItem[] = [];
    for await (const item of this.#container.listBlobsFlat({
      prefix: this.#blob.name,
      includeSnapshots: true,
    })) {
      if (item.name === this.#blob.name) found.push(item);
    }
    return found;
  }

  /** Bounds are the disk's own: the footer behind it is nobody's to write. */
  async #expectInside(range: Range): Promise<void> {
    if (endOf(range) > this.#sizeBytes) await this.state();
    if (isSectorAligned(range) && range.lengthBytes > 0 && endOf(range) <= this.#sizeBytes) return;
    throw new LifeboatError(
      'BadRequest',
      `${range.lengthBytes} bytes at ${range.offsetBytes} are not whole sectors of ${this.#sizeBytes}.`,
    );
  }
}
