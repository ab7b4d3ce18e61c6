import { outputOf, type RunCommand } from '../../site/provider/run-command';
import { type SnapshotHook, snapshotName } from './snapshot-hook';

const volumePath = /^\/dev\/([^/]+)\/([^/]+)$/;

/** Snapshots of logical volumes. Several volumes cannot be taken at one moment, so one disk is all that it does. */
export class LvmHook implements SnapshotHook {
  constructor(private readonly run: RunCommand) {}

  async take(paths: readonly string[]): Promise<readonly string[]> {
    const { group, volume } = volumeOf(paths);
    const snapshot = `${volume}-${snapshotName}`;
    await outputOf(this.run, {
      program: 'lvcreate',
      arguments: [
        ...['--snapshot', '--permission', 'r', '--setactivationskip', 'n'],
        ...['--extents', '20%ORIGIN', '--name', snapshot, `${group}/${volume}`],
      ],
    });
    return [`/dev/${group}/${snapshot}`];
  }

  async release(paths: readonly string[]): Promise<void> {
    const { group, volume } = volumeOf(paths);
    const snapshot = `${volume}-${snapshotName}`;
    const listed = await outputOf(this.run, {
      program: 'lvs',
      arguments: ['--noheadings', '--options', 'lv_name', group],
    });
    if (!listed.split('\n').some((line) => line.trim() === snapshot)) return;
    await outputOf(this.run, { program: 'lvremove', arguments: ['--yes', `${group}/${snapshot}`] });
  }
}

function volumeOf(paths: readonly string[]): { readonly group: string; readonly volume: string } {
  const [path = '', ...others] = paths;
  if (others.length > 0)
    throw new Error('LVM takes snapshots of one volume at a time: scan one disk, or give a script');
  const [, group, volume] = volumePath.exec(path) ?? [];
  if (group === undefined || volume === undefined || group === 'mapper')
    throw new Error(`${path} is not a logical volume as /dev/<group>/<volume>`);
  return { group, volume };
}
