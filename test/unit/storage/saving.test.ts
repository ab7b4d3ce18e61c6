import { once, EventEmitter } from 'node:events';
import { Server } from 'node:http';
import type { BlobServer, Database } from '../../../local/storage/blob-server';
import { takeOverSaving, type Saving } from '../../../local/storage/saving';

/** A database that writes when it is let, as slow or as broken as a test wants it. */
class FakeDatabase implements Database {
  readonly rows: string[] = [];
  saved: string[] = [];
  isDirty = false;
  isAutosaving = true;
  isBroken = false;
  readonly persistenceAdapter: Database['persistenceAdapter'];

  constructor(
    readonly filename: string,
    onWrite: (name: string, finish: () => void) => void,
  ) {
    this.persistenceAdapter = {
      saveDatabase: (name, content, done) =>
        onWrite(name, () => {
          if (this.isBroken) return done(new Error('disk full'));
          this.saved = JSON.parse(content) as string[];
          done(null);
        }),
    };
  }

  insert(row: string): void {
    this.rows.push(row);
    this.isDirty = true;
  }

  serialize = () => JSON.stringify(this.rows);
  autosaveDirty = () => this.isDirty;
  autosaveClearFlags = () => void (this.isDirty = false);
  autosaveDisable = () => void (this.isAutosaving = false);
}

describe('the saving of the storage', () => {
  let blobs: FakeDatabase;
  let extents: FakeDatabase;
  let saving: Saving;
  let writes: EventEmitter;
  let duringWrite: () => void;

  const start = (everyMs: number) => {
    writes = new EventEmitter();
    duringWrite = () => undefined;
    const onWrite = (name: string, finish: () => void) => {
      duringWrite();
      finish();
      writes.emit('write', name);
    };
    blobs = new FakeDatabase('blobs', onWrite);
    extents = new FakeDatabase('extents', onWrite);
    const server: BlobServer = {
      metadataStore: { db: blobs },
      extentMetadataStore: { db: extents },
      httpServer: new Server(),
      start: () => Promise.resolve(),
      close: () => Promise.resolve(),
    };
    saving = takeOverSaving(server, everyMs);
  };
  afterEach(() => saving.stop());

  it('never leaves a blob on disk that names an extent which is not, whenever the process dies', async () => {
    start(60_000);
    let written = 0;
    const write = () => {
      extents.insert(`extent-${written}`);
      blobs.insert(`extent-${written}`);
      written += 1;
    };
    // Somebody writes during each of the two writes, and the process might die after each.
    duringWrite = write;
    const torn: string[] = [];
    writes.on('write', () => torn.push(...blobs.saved.filter((row) => !extents.saved.includes(row))));
    write();
    for (let round = 0; round < 3; round += 1) {
      const before = [...blobs.rows];
      await saving.save();
      expect(blobs.saved).toEqual(before);
    }
    expect(torn).toEqual([]);
    expect(written).toBe(7);
  });

  it('is not done by timers of the databases own', () => {
    start(60_000);
    expect([blobs.isAutosaving, extents.isAutosaving]).toEqual([false, false]);
  });

  it('is done by itself when something has changed', async () => {
    start(5);
    blobs.insert('one');
    await once(writes, 'write');
    await saving.save();
    expect(blobs.saved).toEqual(['one']);
  });

  it('is tried again after it failed, though the databases think that they are saved', async () => {
    const complaints: unknown[] = [];
    const complain = jest.spyOn(console, 'error').mockImplementation((line) => void complaints.push(line));
    start(5);
    blobs.isBroken = true;
    blobs.insert('one');
    await expect(saving.save()).rejects.toThrow('disk full');
    expect(blobs.isDirty).toBe(false);
    blobs.isBroken = false;
    while (blobs.saved.length === 0) await once(writes, 'write');
    complain.mockRestore();
    expect(blobs.saved).toEqual(['one']);
  });
});
