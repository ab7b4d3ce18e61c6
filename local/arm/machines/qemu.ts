import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { openSync, closeSync } from 'node:fs';

/** A kernel from outside the disk, for machines whose disks have no boot loader. */
export interface DirectBoot {
  readonly kernel: string;
  readonly initrd?: string;
  readonly append?: string;
}

export interface QemuOptions {
  readonly program: string;
  /** `tcg` unless asked: a KVM device that exists may still not work. */
  readonly accelerator: 'tcg' | 'kvm';
  readonly memoryInMb: number;
}

export interface QemuMachine {
  readonly consoleFile: string;
  readonly disks: readonly { readonly url: string }[];
  readonly directBoot?: DirectBoot | undefined;
}

const graceInMs = 5_000;

/** Where QEMU is installed, and can be started. */
export function findQemu(program = 'qemu-system-x86_64'): string | undefined {
  return spawnSync(program, ['--version'], { stdio: 'ignore' }).status === 0 ? program : undefined;
}

/** QEMU dies with this process, where the system has a way to arrange that. */
function withParent(program: string, words: readonly string[]): readonly [string, readonly string[]] {
  const arranged = ['--pdeathsig', 'KILL'];
  const has = spawnSync('setpriv', [...arranged, 'true'], { stdio: 'ignore' }).status === 0;
  return has ? ['setpriv', [...arranged, program, ...words]] : [program, words];
}

export function startQemu(options: QemuOptions, machine: QemuMachine): ChildProcess {
  const [program, words] = withParent(options.program, argumentsOf(options, machine));
  const errors = openSync(`${machine.consoleFile}.errors`, 'a');
  try {
    return spawn(program, words, { stdio: ['ignore', 'ignore', errors] });
  } finally {
    closeSync(errors);
  }
}

/** Ends it in good order: what the guest flushed is written. */
export async function stopQemu(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  const alarm = setTimeout(() => child.kill('SIGKILL'), graceInMs);
  await ended;
  clearTimeout(alarm);
}

function argumentsOf({ accelerator, memoryInMb }: QemuOptions, machine: QemuMachine): string[] {
  const { disks, directBoot, consoleFile } = machine;
  return [
    ...['-machine', `pc,accel=${accelerator}`, '-cpu', 'max', '-m', String(memoryInMb)],
    ...['-nodefaults', '-no-user-config', '-display', 'none', '-no-reboot', '-nic', 'none'],
    ...[
      '-chardev',
      `file,id=console,path=${consoleFile.replaceAll(',', ',,')},append=on`,
      '-serial',
      'chardev:console',
    ],
    ...disks.flatMap(({ url }) => ['-drive', `file=${url},format=raw,if=virtio,discard=ignore`]),
    ...(directBoot === undefined
      ? []
      : [
          ...['-kernel', directBoot.kernel],
          ...(directBoot.initrd === undefined ? [] : ['-initrd', directBoot.initrd]),
          ...(directBoot.append === undefined ? [] : ['-append', directBoot.append]),
        ]),
  ];
}
