import { Readable } from 'node:stream';
import type { BlobServiceClient, BlockBlobClient, ContainerClient } from '@azure/storage-blob';
import { present } from '../assert';
import { LifeboatError } from '../errors';
import type { TargetDocument, TargetDocuments } from '../ports/target-documents';
import { chunksOf } from './download';
import { isAnswer, removing, translating } from './storage-refusals';

const containerName = 'documents';
const json = { blobContentType: 'application/json' };
const blockBytes = 4 * 1024 * 1024;

/** Documents and journalled logs as block blobs of the target account. */
export class BlobTargetDocuments implements TargetDocuments {
  readonly #container: ContainerClient;

  constructor(target: BlobServiceClient) {
    this.#container = target.getContainerClient(containerName);
  }

  async get(name: string): Promise<TargetDocument | undefined> {
    try {
      const answer = await this.#blob(name).download();
      const chunks: Uint8Array[] = [];
      for await (const chunk of chunksOf(answer)) chunks.push(chunk);
      return { name, body: parse(name, Buffer.concat(chunks)), etag: present(answer.etag, 'an etag') };
    } catch (error) {
      if (isAnswer(error, 404)) return undefined;
      throw error;
    }
  }

  async create(name: string, body: object): Promise<TargetDocument> {
    await this.#container.createIfNotExists();
    const etag = await translating(this.#put(name, body, { ifNoneMatch: '*' }), {
      409: 'Conflict',
      412: 'Conflict',
    });
    return { name, body, etag };
  }

  async replace(name: string, body: object, etag: string): Promise<TargetDocument> {
    const next = await translating(this.#put(name, body, { ifMatch: etag }), {
      404: 'PreconditionFailed',
      412: 'PreconditionFailed',
    });
    return { name, body, etag: next };
  }

  async remove(name: string, etag?: string): Promise<void> {
    const conditions = etag === undefined ? {} : { ifMatch: etag };
    await removing(
      translating(this.#blob(name).deleteIfExists({ conditions }), { 412: 'PreconditionFailed' }),
    );
  }

  async *list(prefix: string): AsyncGenerator<string> {
    try {
      for await (const { name } of this.#container.listBlobsFlat({ prefix })) yield name;
    } catch (error) {
      if (!isAnswer(error, 404)) throw error;
    }
  }

  async putBytes(name: string, bytes: AsyncIterable<Uint8Array>): Promise<void> {
    await this.#container.createIfNotExists();
    await this.#blob(name).uploadStream(Readable.from(bytes, { objectMode: false }), blockBytes, 2);
  }

  async *bytes(name: string): AsyncGenerator<Uint8Array> {
    yield* chunksOf(await translating(this.#blob(name).download(), { 404: 'NotFound' }));
  }

  async #put(
    name: string,
    body: object,
    conditions: { ifMatch: string } | { ifNoneMatch: string },
  ): Promise<string> {
    const text = JSON.stringify(body);
    const options = { conditions, blobHTTPHeaders: json };
    const { etag } = await this.#blob(name).upload(text, Buffer.byteLength(text), options);
    return present(etag, 'an etag');
  }

  #blob(name: string): BlockBlobClient {
    return this.#container.getBlockBlobClient(name);
  }
}

function parse(name: string, text: Buffer): unknown {
  try {
    return JSON.parse(text.toString('utf8'));
  } catch (error) {
    throw new LifeboatError('InternalError', `The document ${name} is not JSON.`, { cause: error });
  }
}
