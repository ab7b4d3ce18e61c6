import { createReadStream } from 'node:fs';
import { mkdir, open, readdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { LifeboatError } from '../errors';
import type { Ids } from '../ports/ids';
import type { TargetDocument, TargetDocuments } from '../ports/target-documents';
import { isAbsence, readIfThere, syncFolder, writeDurably } from './durable-json';
import { NamedTurns } from './named-turns';

const Stored = z.strictObject({ etag: z.string(), body: z.unknown() });

const suffixes = { json: '.json', bytes: '.bytes' } as const;

/** The documents of a target folder, each a file below it by its name. One process at a time may use it. */
export class FileTargetDocuments implements TargetDocuments {
  readonly #turns = new NamedTurns();

  constructor(
    private readonly folder: string,
    private readonly ids: Ids,
  ) {}

  async get(name: string): Promise<TargetDocument | undefined> {
    const found = await readIfThere(this.#path(name, 'json'));
    return found === undefined ? undefined : { name, ...storedIn(found) };
  }

  create(name: string, body: object): Promise<TargetDocument> {
    return this.#turns.take(name, async () => {
      if ((await this.get(name)) !== undefined) {
        throw new LifeboatError('Conflict', `The document ${name} is there already.`);
      }
      return this.#write(name, body);
    });
  }

  replace(name: string, body: object, etag: string): Promise<TargetDocument> {
    return this.#turns.take(name, async () => {
      await this.#expect(name, etag);
      return this.#write(name, body);
    });
  }

  remove(name: string, etag?: string): Promise<void> {
    return this.#turns.take(name, async () => {
      if (etag !== undefined) await this.#expect(name, etag);
      await rm(this.#path(name, 'json'), { force: true });
      await rm(this.#path(name, 'bytes'), { force: true });
    });
  }

  async *list(prefix: string): AsyncIterable<string> {
    const start = prefix.slice(0, prefix.lastIndexOf('/') + 1);
    const names = await this.#namesBelow(start);
    yield* names.filter((name) => name.startsWith(prefix)).sort();
  }

  putBytes(name: string, bytes: AsyncIterable<Uint8Array>): Promise<void> {
    return this.#turns.take(name, async () => {
      const path = this.#path(name, 'bytes');
      await mkdir(dirname(path), { recursive: true });
      const file = await open(`${path}.new`, 'w');
      try {
        for await (const chunk of bytes) await file.writeFile(chunk);
        await file.sync();
      } finally {
        await file.close();
      }
      await rename(`${path}.new`, path);
      await syncFolder(dirname(path));
    });
  }

  async *bytes(name: string): AsyncIterable<Uint8Array> {
    try {
      yield* createReadStream(this.#path(name, 'bytes')) as AsyncIterable<Buffer>;
    } catch (error) {
      throw isAbsence(error) ? new LifeboatError('NotFound', `There is no document ${name}.`) : error;
    }
  }

  async #expect(name: string, etag: string): Promise<void> {
    if ((await this.get(name))?.etag === etag) return;
    throw new LifeboatError('PreconditionFailed', `The document ${name} was changed by somebody else.`);
  }

  async #write(name: string, body: object): Promise<TargetDocument> {
    const path = this.#path(name, 'json');
    const etag = this.ids.uuid();
    await mkdir(dirname(path), { recursive: true });
    await writeDurably(path, { etag, body });
    return { name, body: JSON.parse(JSON.stringify(body)) as unknown, etag };
  }

  async #namesBelow(start: string): Promise<string[]> {
    const names = new Set<string>();
    for (const entry of await entriesOf(join(this.folder, start))) {
      if (entry.isDirectory()) {
        for (const name of await this.#namesBelow(`${start}${entry.name}/`)) names.add(name);
        continue;
      }
      const suffix = Object.values(suffixes).find((each) => entry.name.endsWith(each));
      if (suffix !== undefined) names.add(start + entry.name.slice(0, -suffix.length));
    }
    return [...names];
  }

  #path(name: string, kind: keyof typeof suffixes): string {
    return join(this.folder, `${name}${suffixes[kind]}`);
  }
}

function storedIn(found: unknown): { readonly body: unknown; readonly etag: string } {
  const { etag, body } = Stored.parse(found);
  return { etag, body };
}

async function entriesOf(folder: string) {
  try {
    return await readdir(folder, { withFileTypes: true });
  } catch (error) {
    if (isAbsence(error)) return [];
    throw error;
  }
}
