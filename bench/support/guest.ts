import { execFileSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, readdirSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { findProgram } from './find-program';

/** A Linux: a kernel with an initial file system, and a disk that it mounts, reads and writes to. */
export interface Guest {
  readonly kernel: string;
  readonly initrd: string;
  readonly append: string;
  /** A raw image. */
  readonly disk: string;
  readonly sizeBytes: number;
  /** What it prints, with the disk's note behind it, once it is up. */
  readonly greeting: string;
  readonly memoryInMb: number;
}

/** The note is text at the very end of the disk, behind the file system, with zeros after it. */
export const noteBytes = 512;

const modules = [
  'virtio_ring',
  'virtio',
  'virtio_pci_modern_dev',
  'virtio_pci_legacy_dev',
  'virtio_pci',
  'virtio_blk',
];
const greeting = 'the guest is up and ready';

/**
 * Where a kernel package of Debian lies: a folder it was unpacked to (`LIFEBOAT_GUEST`, or `~/.cache/lifeboat/guest`),
 * or this system itself.
 */
function kernelRoots(): string[] {
  const { LIFEBOAT_GUEST, HOME = '/root' } = process.env;
  return [LIFEBOAT_GUEST, join(HOME, '.cache/lifeboat/guest'), '/'].filter((root) => root !== undefined);
}

/** What a guest needs and this machine lacks; undefined if it lacks nothing. */
export function guestLacks(): string | undefined {
  if (!existsSync('/bin/busybox')) return 'busybox-static is not installed';
  if (!existsSync('/sbin/mke2fs')) return 'e2fsprogs is not installed';
  if (findProgram('qemu-system-x86_64') === undefined) return 'qemu-system-x86 is not installed';
  return findKernel() === undefined ? 'no kernel package of Debian was found' : undefined;
}

export function buildGuest(folder: string, sizeBytes: number): Guest {
  const found = findKernel();
  if (found === undefined) throw new Error('no kernel package of Debian was found');
  const initrd = buildInitrd(folder, found.drivers);
  const disk = buildDisk(folder, sizeBytes);
  const append = 'console=ttyS0 panic=-1 quiet rdinit=/init';
  return { kernel: found.kernel, initrd, append, disk, sizeBytes, greeting, memoryInMb: 128 };
}

function buildInitrd(folder: string, drivers: string): string {
  const root = join(folder, 'initrd');
  for (const name of ['bin', 'dev', 'proc', 'mnt', 'modules'])
    mkdirSync(join(root, name), { recursive: true });
  copyFileSync('/bin/busybox', join(root, 'bin/busybox'));
  for (const name of modules) {
    copyFileSync(moduleFile(drivers, name), join(root, 'modules', `${name}.ko`));
  }
  writeFileSync(join(root, 'init'), initScript(), { mode: 0o755 });
  const archive = execFileSync('sh', ['-c', 'find . | /bin/busybox cpio -o -H newc 2>/dev/null'], {
    cwd: root,
    maxBuffer: 1 << 28,
  });
  const file = join(folder, 'initrd.cpio');
  writeFileSync(file, archive);
  return file;
}

function initScript(): string {
  return [
    '#!/bin/busybox sh',
    'b=/bin/busybox',
    '$b mount -t proc proc /proc; $b mount -t devtmpfs dev /dev',
    ...modules.map((name) => `$b insmod /modules/${name}.ko`),
    'while [ ! -b /dev/vda ]; do $b sleep 0.05; done',
    '$b mount -t ext4 /dev/vda /mnt || echo "the guest cannot mount its disk"',
    '$b md5sum /mnt/data/* > /dev/null',
    'echo "booted" >> /mnt/boots; $b sync',
    `echo "$($b cat /mnt/greeting): $($b tail -c ${noteBytes} /dev/vda | $b tr -d '\\0')" > /dev/console`,
    'while true; do $b sleep 60; done',
    '',
  ].join('\n');
}

/** An ext4 file system without partitions, with some megabytes to read. */
function buildDisk(folder: string, sizeBytes: number): string {
  const root = join(folder, 'files');
  mkdirSync(join(root, 'data'), { recursive: true });
  writeFileSync(join(root, 'greeting'), `${greeting}\n`);
  for (let index = 0; index < 8; index++) {
    writeFileSync(join(root, 'data', String(index)), Buffer.alloc(512 * 1024, `file ${index} `));
  }
  const disk = join(folder, 'disk.raw');
  const fileSystemKib = sizeBytes / 1024 - 64;
  execFileSync('/sbin/mke2fs', ['-q', '-t', 'ext4', '-F', '-d', root, disk, `${fileSystemKib}k`]);
  truncateSync(disk, sizeBytes);
  return disk;
}

function findKernel(): { readonly kernel: string; readonly drivers: string } | undefined {
  for (const root of kernelRoots()) {
    const boot = join(root, 'boot');
    const names = existsSync(boot) ? readdirSync(boot).filter((name) => name.startsWith('vmlinuz-')) : [];
    for (const name of names) {
      const version = name.slice('vmlinuz-'.length);
      const drivers = join(root, 'lib/modules', version, 'kernel/drivers');
      const isWhole = modules.every((module) => existsSync(moduleFile(drivers, module)));
      if (isWhole) return { kernel: join(boot, name), drivers };
    }
  }
  return undefined;
}

/** The block driver lies in another folder than the rest. */
function moduleFile(drivers: string, name: string): string {
  return join(drivers, name === 'virtio_blk' ? 'block' : 'virtio', `${name}.ko`);
}
