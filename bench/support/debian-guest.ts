import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, copyFileSync, existsSync, mkdirSync, mkdtempSync } from 'node:fs';
import { readdirSync, renameSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { findProgram } from './find-program';
import { type Guest, noteBytes } from './guest';

const megabyte = 1024 * 1024;
const sizeBytes = 512 * megabyte;
/** Behind the file system, where the note lies. */
const tailBytes = megabyte;
const greeting = 'the shop is up and ready';

/** A minimal Debian with systemd and Debian's own kernel. */
const words = [
  ...['--quiet', '--mode=root', '--variant=minbase', '--format=directory'],
  '--include=systemd-sysv,udev,busybox,linux-image-cloud-amd64',
  ...['doc', 'man', 'locale'].map((name) => `--dpkgopt=path-exclude=/usr/share/${name}/*`),
  // A virtual machine's drivers only: the fewer there are, the sooner it has its root.
  `--customize-hook=printf 'virtio_pci\\nvirtio_blk\\next4\\n' > "$1/etc/initramfs-tools/modules"`,
  '--customize-hook=echo MODULES=list > "$1/etc/initramfs-tools/conf.d/modules"',
  '--customize-hook=chroot "$1" update-initramfs -u',
  'bookworm',
];

/** A service of its own, and a customer who asks it and says on the console what it answered. */
const files: Readonly<Record<string, string>> = {
  'srv/cgi-bin/answer': [
    '#!/bin/sh',
    "printf 'content-type: text/plain\\n\\n'",
    `echo "${greeting}: $(tail -c ${noteBytes} /dev/vda | tr -d '\\0')"`,
    '',
  ].join('\n'),
  'etc/systemd/system/shop.service': [
    ...['[Unit]', 'Description=Shop', '[Service]'],
    'ExecStart=/bin/busybox httpd -f -p 127.0.0.1:80 -h /srv',
    ...['[Install]', 'WantedBy=multi-user.target', ''],
  ].join('\n'),
  'etc/systemd/system/customer.service': [
    ...['[Unit]', 'Description=Customer of the shop', 'After=shop.service'],
    ...['[Service]', 'Type=oneshot', 'StandardOutput=tty', 'TTYPath=/dev/ttyS0'],
    "ExecStart=/bin/sh -c 'until busybox wget -qO- http://127.0.0.1/cgi-bin/answer; do sleep 0.1; done'",
    ...['[Install]', 'WantedBy=multi-user.target', ''],
  ].join('\n'),
};
const services = ['shop', 'customer'];
/** Nobody logs in: the console is the customer's alone. */
const masked = 'serial-getty@ttyS0.service';

export type DebianGuest =
  | { readonly guest: Guest; readonly lacks?: undefined }
  | { readonly lacks: string; readonly guest?: undefined };

/**
 * A Debian that boots, starts its service and answers, on a disk of its own in this folder. The image is built once, with
 * `mmdebstrap` from Debian's packages, and kept below `~/.cache/lifeboat` under the digest of its recipe.
 */
export function openDebianGuest(folder: string): DebianGuest {
  const lacks = debianLacks();
  if (lacks !== undefined) return { lacks };
  const kept = join(cacheFolder(), `debian-${recipeDigest()}`);
  const failure = existsSync(kept) ? undefined : build(kept);
  if (failure !== undefined) return { lacks: failure };
  const disk = join(folder, 'debian.raw');
  execFileSync('cp', ['--sparse=always', join(kept, 'disk.raw'), disk]);
  const append = 'root=/dev/vda rw console=ttyS0 quiet panic=-1';
  const [kernel, initrd] = [join(kept, 'kernel'), join(kept, 'initrd')];
  return { guest: { kernel, initrd, append, disk, sizeBytes, greeting, memoryInMb: 256 } };
}

/** What can be seen to be missing before it is tried. */
function debianLacks(): string | undefined {
  if (findProgram('qemu-system-x86_64') === undefined) return 'qemu-system-x86 is not installed';
  if (findProgram('mke2fs') === undefined) return 'e2fsprogs is not installed';
  if (existsSync(join(cacheFolder(), `debian-${recipeDigest()}`))) return undefined;
  if (findProgram('mmdebstrap') === undefined) return 'mmdebstrap is not installed';
  return process.getuid?.() === 0 ? undefined : 'only root can build a Debian image';
}

function cacheFolder(): string {
  const { LIFEBOAT_CACHE, HOME = '/root' } = process.env;
  return LIFEBOAT_CACHE ?? join(HOME, '.cache/lifeboat');
}

function recipeDigest(): string {
  const recipe = JSON.stringify([words, files, services, masked, sizeBytes, tailBytes]);
  return createHash('sha256').update(recipe).digest('hex').slice(0, 16);
}

/** Another process may build it as well: the first one that has it whole names it. Why it cannot be built, if so. */
function build(kept: string): string | undefined {
  mkdirSync(dirname(kept), { recursive: true });
  const folder = mkdtempSync(`${kept}.building-`);
  try {
    const root = join(folder, 'root');
    const { status, stderr } = spawnSync('mmdebstrap', [...words, root], { encoding: 'utf8' });
    if (status !== 0) return `mmdebstrap cannot build an image: ${stderr.trim().split('\n').at(-1)}`;
    furnish(root);
    copyBoot(join(root, 'boot'), folder);
    const disk = join(folder, 'disk.raw');
    execFileSync('mke2fs', [
      ...['-q', '-F', '-t', 'ext4', '-d', root, disk],
      `${(sizeBytes - tailBytes) / 1024}k`,
    ]);
    truncateSync(disk, sizeBytes);
    rmSync(root, { recursive: true });
    renameSync(folder, kept);
    return undefined;
  } catch (error) {
    if (existsSync(kept)) return undefined;
    throw error;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function furnish(root: string): void {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, name)), { recursive: true });
    writeFileSync(join(root, name), text);
  }
  chmodSync(join(root, 'srv/cgi-bin/answer'), 0o755);
  const wanted = join(root, 'etc/systemd/system/multi-user.target.wants');
  mkdirSync(wanted, { recursive: true });
  for (const name of services) symlinkSync(`../${name}.service`, join(wanted, `${name}.service`));
  symlinkSync('/dev/null', join(root, 'etc/systemd/system', masked));
}

function copyBoot(boot: string, folder: string): void {
  for (const name of readdirSync(boot)) {
    if (name.startsWith('vmlinuz-')) copyFileSync(join(boot, name), join(folder, 'kernel'));
    if (name.startsWith('initrd.img-')) copyFileSync(join(boot, name), join(folder, 'initrd'));
  }
}
