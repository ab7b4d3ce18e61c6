import { outputOf, type RunCommand } from '../../site/provider/run-command';
import type { SnapshotHook } from './snapshot-hook';

/**
 * A script of the owner's own: `<script> take <disk>...` prints where each disk is to be read, a line for each, or nothing
 * where it is the disks themselves; `<script> release <disk>...` lets go, and succeeds where there is nothing to let go of.
 */
export class ScriptHook implements SnapshotHook {
  constructor(
    private readonly script: string,
    private readonly run: RunCommand,
  ) {}

  async take(paths: readonly string[]): Promise<readonly string[]> {
    const output = await outputOf(this.run, { program: this.script, arguments: ['take', ...paths] });
    const lines = output.split('\n').filter((line) => line.trim() !== '');
    if (lines.length === 0) return paths;
    if (lines.length === paths.length) return lines;
    throw new Error(`${this.script} named ${lines.length} places for ${paths.length} disks`);
  }

  async release(paths: readonly string[]): Promise<void> {
    await outputOf(this.run, { program: this.script, arguments: ['release', ...paths] });
  }
}
