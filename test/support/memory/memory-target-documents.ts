import { LifeboatError } from '../../../shared/errors';
import type { TargetDocument, TargetDocuments } from '../../../shared/ports/target-documents';
import type { MemoryTarget, StoredDocument } from './memory-target';

/** The documents of one target account in memory. */
export class MemoryTargetDocuments implements TargetDocuments {
  constructor(private readonly target: MemoryTarget) {}

  async get(name: string): Promise<TargetDocument | undefined> {
    const stored = this.target.documents.get(name);
    return stored === undefined ? undefined : documentOf(name, stored);
  }

  async create(name: string, body: object): Promise<TargetDocument> {
    if (this.target.documents.has(name)) throw new LifeboatError('Conflict', `"${name}" is there already`);
    return this.#put(name, JSON.stringify(body));
  }

  async replace(name: string, body: object, etag: string): Promise<TargetDocument> {
    this.#expectUnchanged(name, etag);
    return this.#put(name, JSON.stringify(body));
  }

  async remove(name: string, etag?: string): Promise<void> {
    if (!this.target.documents.has(name)) return;
    if (etag !== undefined) this.#expectUnchanged(name, etag);
    this.target.documents.delete(name);
  }

  async *list(prefix: string): AsyncIterable<string> {
    yield* [...this.target.documents.keys()].filter((name) => name.startsWith(prefix)).sort();
  }

  async putBytes(name: string, bytes: AsyncIterable<Uint8Array>): Promise<void> {
    const chunks: Uint8Array[] = [];
    for await (const chunk of bytes) chunks.push(chunk);
    this.#put(name, Buffer.concat(chunks));
  }

  async *bytes(name: string): AsyncIterable<Uint8Array> {
    const stored = this.target.documents.get(name);
    if (stored === undefined) throw new LifeboatError('NotFound', `there is no "${name}"`);
    yield Buffer.from(stored.content);
  }

  #put(name: string, content: string | Buffer): TargetDocument {
    const stored = { content, etag: this.target.stamp() };
    this.target.documents.set(name, stored);
    return documentOf(name, stored);
  }

  #expectUnchanged(name: string, etag: string): void {
    if (this.target.documents.get(name)?.etag === etag) return;
    throw new LifeboatError('PreconditionFailed', `"${name}" was changed by somebody else`);
  }
}

function documentOf(name: string, { content, etag }: StoredDocument): TargetDocument {
  return { name, etag, body: typeof content === 'string' ? (JSON.parse(content) as unknown) : {} };
}
