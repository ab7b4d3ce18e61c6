import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { eventually } from '../eventually';
import { freePort } from '../free-port';

const programs = [...(process.env['PATH'] ?? '').split(':'), '/usr/sbin'].map((folder) =>
  join(folder, 'sshd'),
);

const sshdFile = programs.find(existsSync);

/** Started by root, sshd wants a folder that its package, or the system's start, has made. */
export const canServeSsh = sshdFile !== undefined && (process.getuid?.() !== 0 || existsSync('/run/sshd'));

/** The system's own sshd on a free port of 127.0.0.1, for this user and one key, leading to one program. */
export class SshServer {
  readonly keyFile: string;
  readonly knownHostsFile: string;
  readonly #folder: string;
  #child: ChildProcess | undefined;
  port = 0;

  constructor(folder: string) {
    this.#folder = folder;
    mkdirSync(folder, { recursive: true });
    this.keyFile = join(folder, 'key');
    this.knownHostsFile = join(folder, 'known-hosts');
  }

  async start(program: string): Promise<void> {
    const hostKey = join(this.#folder, 'host-key');
    for (const file of [this.keyFile, hostKey])
      execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', file]);
    this.port = await freePort();
    const publicKey = readFileSync(`${hostKey}.pub`, 'utf8');
    writeFileSync(this.knownHostsFile, `[127.0.0.1]:${this.port} ${publicKey}`);
    const settings = [
      ...[
        `ListenAddress 127.0.0.1:${this.port}`,
        `HostKey ${hostKey}`,
        `AuthorizedKeysFile ${this.keyFile}.pub`,
      ],
      ...['StrictModes no', 'UsePAM no', 'PidFile none', 'PasswordAuthentication no', 'PermitRootLogin yes'],
      `ForceCommand ${program}`,
    ];
    const file = join(this.#folder, 'settings');
    writeFileSync(file, `${settings.join('\n')}\n`);
    this.#child = spawn(sshdFile ?? '', ['-D', '-f', file], { stdio: 'ignore' });
    await eventually(() => this.#answers());
  }

  async stop(): Promise<void> {
    if (this.#child === undefined || this.#child.exitCode !== null) return;
    const exit = once(this.#child, 'exit');
    this.#child.kill();
    await exit;
  }

  #answers(): Promise<boolean> {
    const socket = connect(this.port, '127.0.0.1');
    return new Promise<boolean>((resolve) => {
      socket.once('data', () => resolve(true)).once('error', () => resolve(false));
    }).finally(() => socket.destroy());
  }
}
