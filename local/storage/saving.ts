import type { BlobServer, Database } from './blob-server';
import { coalesced } from './coalesced';

export interface Saving {
  /** What was acknowledged before this call survives the death of the process once it has resolved. */
  readonly save: () => Promise<void>;
  readonly stop: () => void;
}

/**
 * Takes over from Azurite when its metadata is written. Azurite saves its two databases each by a timer of its own, so
 * that a kill in between can leave blobs that name extents nobody knows. Here the blobs are copied first and written
 * last: whatever instant the process dies at, every extent that the saved blobs name is known.
 */
export function takeOverSaving(azurite: BlobServer, everyMs: number): Saving {
  const blobs = azurite.metadataStore.db;
  const extents = azurite.extentMetadataStore.db;
  blobs.autosaveDisable();
  extents.autosaveDisable();

  let hasFailed = false;
  const save = coalesced(async () => {
    try {
      const blobsNow = copyOf(blobs);
      await write(extents, copyOf(extents));
      await write(blobs, blobsNow);
      hasFailed = false;
    } catch (error) {
      // The databases think that they are saved: remember that they are not.
      hasFailed = true;
      throw error;
    }
  });
  const timer = setInterval(() => {
    if (!hasFailed && !blobs.autosaveDirty() && !extents.autosaveDirty()) return;
    save().catch((error: unknown) => console.error('Storage could not save; it tries again:', error));
  }, everyMs);
  return { save, stop: () => clearInterval(timer) };
}

function copyOf(database: Database): string {
  database.autosaveClearFlags();
  return database.serialize();
}

function write(database: Database, content: string): Promise<void> {
  return new Promise((resolve, reject) => {
    database.persistenceAdapter.saveDatabase(database.filename, content, (error) => {
      if (error instanceof Error) reject(error);
      else resolve();
    });
  });
}
