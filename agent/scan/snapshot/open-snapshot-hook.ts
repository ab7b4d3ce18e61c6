import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { resolve } from 'node:path';
import { runCommand } from '../../site/provider/run-command';
import { BtrfsHook } from './btrfs-hook';
import { LibvirtHook } from './libvirt-hook';
import { LvmHook } from './lvm-hook';
import { ScriptHook } from './script-hook';
import type { SnapshotHook } from './snapshot-hook';
import { ZfsHook } from './zfs-hook';

/** `lvm`, `zfs`, `btrfs:<subvolume>`, `libvirt:<domain>`, or the path of a script. */
export function openSnapshotHook(text: string): SnapshotHook {
  const [kind, ...rest] = text.split(':');
  const about = rest.join(':');
  if (text === 'lvm') return new LvmHook(runCommand);
  if (text === 'zfs') return new ZfsHook(runCommand);
  if (kind === 'btrfs' && about !== '') return new BtrfsHook(about, runCommand, existsSync);
  if (kind === 'libvirt' && about !== '') return new LibvirtHook(about, runCommand, (path) => rm(path));
  if (existsSync(text)) return new ScriptHook(resolve(text), runCommand);
  throw new Error(
    `${text} is no way to take a snapshot: lvm, zfs, btrfs:<subvolume>, libvirt:<domain> or a script`,
  );
}
