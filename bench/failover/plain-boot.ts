import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Guest } from '../support/guest';

/** How long QEMU alone takes from its start to the guest's answer, on the raw file, as a user would start it. */
export async function plainBoot(guest: Guest): Promise<number> {
  const startedAt = performance.now();
  const child = spawn(
    'qemu-system-x86_64',
    [
      ...['-machine', 'pc,accel=tcg', '-cpu', 'max', '-m', String(guest.memoryInMb)],
      ...['-nodefaults', '-no-user-config', '-display', 'none', '-no-reboot', '-nic', 'none'],
      ...['-serial', 'stdio', '-kernel', guest.kernel, '-initrd', guest.initrd, '-append', guest.append],
      ...['-drive', `file=${guest.disk},format=raw,if=virtio,snapshot=on`],
    ],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  const ended = once(child, 'exit');
  let said = '';
  for await (const part of child.stdout) {
    said += String(part);
    if (said.includes(guest.greeting)) break;
  }
  const elapsed = performance.now() - startedAt;
  child.kill('SIGKILL');
  await ended;
  if (!said.includes(guest.greeting)) throw new Error(`the guest did not come up by itself:\n${said}`);
  return elapsed;
}
