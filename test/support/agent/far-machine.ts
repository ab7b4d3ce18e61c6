import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type RunCommand, runCommand } from '../../../agent/site/provider/run-command';

/** Whether this machine lets its users have file systems of their own. */
export const canBeFar = spawnSync('unshare', ['--user', '--map-root-user', '--mount', 'true']).status === 0;

/** Runs a command with /etc, /opt and /var/lib of the far machine's own, and its own `systemctl` and `sudo` before others. */
const enter = (folder: string): string => `#!/bin/sh
exec unshare --user --map-root-user --mount sh -c '
  mount --bind "$1/etc" /etc && mount --bind "$1/opt" /opt && mount --bind "$1/var-lib" /var/lib || exit 1
  PATH="$1/bin:$PATH" exec sh -c "$2"
' sh '${folder}' "\${1:-$SSH_ORIGINAL_COMMAND}"
`;

/** Starts what a unit says as a process of its own. It listens where no other agent of this computer does. */
const systemctl = (folder: string): string => `#!/bin/sh
[ "$1" = restart ] || exit 0
set -a
. /etc/lifeboat-agent.env
line=$(sed -n 's/^ExecStart=//p' "/etc/systemd/system/$2.service")
eval "setsid $line --listen ${folder}/nbd.socket >>${folder}/agent.log 2>&1 </dev/null & echo \\$! >${folder}/pid"
`;

const sudo = `#!/bin/sh
[ "$1" = -n ] && shift
exec "$@"
`;

/** Another machine, as far as files and services go: what is installed there touches nothing of this one. */
export class FarMachine {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
    for (const name of ['etc/systemd/system', 'opt', 'var-lib', 'bin'])
      mkdirSync(join(folder, name), { recursive: true });
    this.#program('enter', enter(folder));
    this.#program('bin/systemctl', systemctl(folder));
    this.#program('bin/sudo', sudo);
  }

  /** What a session there runs, given the command or told it by sshd. */
  get enterFile(): string {
    return join(this.#folder, 'enter');
  }

  /** Does what ssh would do at the other end. */
  readonly run: RunCommand = ({ arguments: given, input }) =>
    runCommand({ program: this.enterFile, arguments: [given.at(-1) ?? ''], input });

  /** What the agent has said, if it was started. */
  get log(): string {
    const file = join(this.#folder, 'agent.log');
    return existsSync(file) ? readFileSync(file, 'utf8') : '';
  }

  stop(): void {
    const file = join(this.#folder, 'pid');
    if (existsSync(file)) process.kill(Number(readFileSync(file, 'utf8')), 'SIGKILL');
  }

  #program(name: string, text: string): void {
    const path = join(this.#folder, name);
    writeFileSync(path, text);
    chmodSync(path, 0o755);
  }
}
