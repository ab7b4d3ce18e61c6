import { PageBlobClient, StorageSharedKeyCredential } from '@azure/storage-blob';
import { setTimeout as sleep } from 'node:timers/promises';
import { badRequest } from '../failure';

/** A storage account that disks may be imported from. */
export interface StorageAccount {
  readonly name: string;
  /** Without a slash at its end. */
  readonly endpoint: string;
  readonly key: string;
}

export interface Range {
  readonly offsetBytes: number;
  readonly lengthBytes: number;
}

export interface PageBlobOptions {
  readonly accounts: readonly StorageAccount[];
  /** Added to every read, as if storage were far away. */
  readonly delayInMs: () => number;
}

const footerBytes = 512;
const megabyte = 1024 * 1024;

/** What is known of a blob once it was looked at. */
export interface KnownBlob {
  readonly uri: string;
  readonly etag: string;
  readonly sizeBytes: number;
}

/** A page blob that holds a fixed VHD, read only while it is the one that was imported. */
export class PageBlob {
  readonly #client: PageBlobClient;

  constructor(
    readonly known: KnownBlob,
    private readonly options: PageBlobOptions,
  ) {
    this.#client = clientOf(known.uri, options);
  }

  /** Looks at a blob as an import does, and refuses what Azure refuses. */
  static async inspect(uri: string, options: PageBlobOptions): Promise<KnownBlob> {
    const found = await clientOf(uri, options)
      .getProperties()
      .catch((error: unknown) => {
        const why = error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error);
        throw badRequest('StorageBlobNotAccessible', `Source blob ${uri} cannot be read: ${why}`);
      });
    if (found.blobType !== 'PageBlob') {
      throw badRequest('InvalidParameter', `Source blob ${uri} is not a page blob.`);
    }
    const known = { uri, etag: found.etag ?? '', sizeBytes: (found.contentLength ?? 0) - footerBytes };
    await new PageBlob(known, options).#checkFooter();
    return known;
  }

  async read(offsetBytes: number, lengthBytes: number): Promise<Buffer> {
    await this.#delay();
    return this.#client.downloadToBuffer(offsetBytes, lengthBytes, {
      blockSize: lengthBytes,
      conditions: { ifMatch: this.known.etag },
    });
  }

  /** Where it may hold anything but zeros. */
  async writtenRanges(): Promise<Range[]> {
    await this.#delay();
    const ranges: Range[] = [];
    for await (const { start, end, isClear } of this.#client.listPageRanges(0, this.known.sizeBytes)) {
      const endBytes = Math.min(end + 1, this.known.sizeBytes);
      if (!isClear && start < endBytes) ranges.push({ offsetBytes: start, lengthBytes: endBytes - start });
    }
    return ranges;
  }

  async #checkFooter(): Promise<void> {
    const { uri, sizeBytes: size } = this.known;
    if (size <= 0 || size % megabyte !== 0) {
      throw badRequest(
        'InvalidParameter',
        `The specified disk with blob ${uri} has an unsupported virtual size of ${size} bytes. The size must be a whole number (in MBs).`,
      );
    }
    const footer = await this.read(size, footerBytes);
    if (footer.toString('latin1', 0, 8) !== 'conectix') {
      throw badRequest(
        'InvalidParameter',
        `The specified cookie value in VHD footer indicates that blob ${uri} is not a supported VHD. Disk is expected to have cookie value 'conectix'.`,
      );
    }
  }

  async #delay(): Promise<void> {
    const delayInMs = this.options.delayInMs();
    if (delayInMs > 0) await sleep(delayInMs);
  }
}

function clientOf(uri: string, { accounts }: PageBlobOptions): PageBlobClient {
  const account = accounts.find(({ endpoint }) => uri.startsWith(`${endpoint}/`));
  if (account === undefined) {
    throw badRequest(
      'InvalidParameter',
      `The source blob uri ${uri} is not of a storage account that can be read.`,
    );
  }
  return new PageBlobClient(uri, new StorageSharedKeyCredential(account.name, account.key));
}
