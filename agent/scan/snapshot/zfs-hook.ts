import { dirname, join, relative } from 'node:path';
import { outputOf, type RunCommand } from '../../site/provider/run-command';
import { type SnapshotHook, snapshotName } from './snapshot-hook';

interface Held {
  readonly dataset: string;
  /** Where the disk is read in the snapshot. */
  readonly path: string;
}

const volumes = '/dev/zvol/';

/** Snapshots of ZFS volumes, or of the file systems that image files lie in: one command, and so one moment, for all. */
export class ZfsHook implements SnapshotHook {
  constructor(private readonly run: RunCommand) {}

  async take(paths: readonly string[]): Promise<readonly string[]> {
    const held = await this.#heldBy(paths);
    for (const { dataset, path } of held)
      if (path.startsWith(volumes)) await this.#zfs('set', 'snapdev=visible', dataset);
    await this.#zfs('snapshot', ...snapshotsOf(held));
    return held.map(({ path }) => path);
  }

  async release(paths: readonly string[]): Promise<void> {
    for (const snapshot of snapshotsOf(await this.#heldBy(paths))) {
      const [dataset = ''] = snapshot.split('@');
      const listed = await this.#zfs('list', '-H', '-t', 'snapshot', '-o', 'name', dataset);
      if (listed.split('\n').includes(snapshot)) await this.#zfs('destroy', snapshot);
    }
  }

  #heldBy(paths: readonly string[]): Promise<Held[]> {
    return Promise.all(paths.map((path) => this.#holderOf(path)));
  }

  async #holderOf(path: string): Promise<Held> {
    if (path.startsWith(volumes))
      return { dataset: path.slice(volumes.length), path: `${path}@${snapshotName}` };
    const line = await this.#zfs('list', '-H', '-o', 'name,mountpoint', dirname(path));
    const [dataset = '', mountPoint = ''] = line.trim().split('\t');
    const within = relative(mountPoint, path);
    return { dataset, path: join(mountPoint, '.zfs', 'snapshot', snapshotName, within) };
  }

  #zfs(...given: readonly string[]): Promise<string> {
    return outputOf(this.run, { program: 'zfs', arguments: given });
  }
}

function snapshotsOf(held: readonly Held[]): readonly string[] {
  return [...new Set(held.map(({ dataset }) => `${dataset}@${snapshotName}`))];
}
