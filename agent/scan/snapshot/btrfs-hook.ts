import { join, relative } from 'node:path';
import { outputOf, type RunCommand } from '../../site/provider/run-command';
import { type SnapshotHook, snapshotName } from './snapshot-hook';

/** Snapshots of the btrfs subvolume that all the image files lie in. */
export class BtrfsHook implements SnapshotHook {
  readonly #snapshot: string;

  constructor(
    private readonly subvolume: string,
    private readonly run: RunCommand,
    private readonly exists: (path: string) => boolean,
  ) {
    this.#snapshot = join(subvolume, `.${snapshotName}`);
  }

  async take(paths: readonly string[]): Promise<readonly string[]> {
    const within = paths.map((path) => relative(this.subvolume, path));
    const outside = within.find((path) => path.startsWith('..'));
    if (outside !== undefined) throw new Error(`a disk does not lie in ${this.subvolume}: ${outside}`);
    await this.#subvolume('snapshot', '-r', this.subvolume, this.#snapshot);
    return within.map((path) => join(this.#snapshot, path));
  }

  async release(): Promise<void> {
    if (this.exists(this.#snapshot)) await this.#subvolume('delete', this.#snapshot);
  }

  #subvolume(...given: readonly string[]): Promise<string> {
    return outputOf(this.run, { program: 'btrfs', arguments: ['subvolume', ...given] });
  }
}
