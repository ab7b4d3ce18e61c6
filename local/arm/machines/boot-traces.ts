import { createHash } from 'node:crypto';
import type { Store } from '../../store';
import type { LazyImage } from '../disks/lazy-image';

const identityBytes = 1024;

/**
 * The windows that the last boot of a disk needed. A disk is known by its size and its first sectors, where partition
 * tables carry their identity: every recovery point of a machine is the same disk.
 */
export class BootTraces {
  constructor(private readonly store: Store) {}

  async nameOf(image: LazyImage): Promise<string> {
    const head = await image.read(0, Math.min(identityBytes, image.sizeBytes));
    return createHash('sha256').update(`${image.sizeBytes}:`).update(head).digest('hex');
  }

  recall(disk: string): readonly number[] {
    const row = this.store.read((database) =>
      database.get<{ windows: string }>('SELECT windows FROM bootTraces WHERE disk = ?', disk),
    );
    return row === undefined ? [] : (JSON.parse(row.windows) as number[]);
  }

  remember(disk: string, windows: readonly number[]): Promise<unknown> {
    return this.store.write((database) =>
      database.run('INSERT OR REPLACE INTO bootTraces VALUES (?, ?)', disk, JSON.stringify(windows)),
    );
  }
}
