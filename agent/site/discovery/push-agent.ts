import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { outputOf, type RunCommand } from '../provider/run-command';

export const PushAgent = z.object({
  host: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9.:-]*$/, 'a host name or address'),
  user: z.string().regex(/^[a-z_][a-z0-9_-]*$/, 'a user name'),
  port: z.int().min(1).max(65_535).default(22),
  /** The private key to sign in with. */
  keyFile: z.string().min(1),
  /** Hosts that are known, and by which keys: an unknown one is refused. */
  knownHostsFile: z.string().min(1),
  /** The agent as one archive, with its systemd unit. */
  archiveFile: z.string().min(1),
  serviceUrl: z.url(),
  /** Buys the agent's registration, once. */
  token: z.string().min(20).max(200),
  disks: z.array(z.string().regex(/^\/[^\s'"]+$/, 'an absolute path')).min(1),
});
export type PushAgent = z.infer<typeof PushAgent>;

const folder = '/opt/lifeboat-agent';

/** Installs the agent on a machine by the system's own `ssh`, starts it, and leaves nothing else behind. The token travels in the input, not on a command line that others of the machine can see. */
export async function pushAgent(run: RunCommand, push: PushAgent): Promise<void> {
  const { archiveFile, disks, serviceUrl, token } = PushAgent.parse(push);
  const unpack = `umask 077 && mkdir -p ${folder} && tar -xz -C ${folder}`;
  await ssh(run, push, unpack, readFileSync(archiveFile));
  const settings = [
    `LIFEBOAT_URL=${serviceUrl}`,
    `LIFEBOAT_TOKEN=${token}`,
    `LIFEBOAT_DISKS=${disks.join(' ')}`,
  ];
  const configure = `umask 077 && cat > /etc/lifeboat-agent.env && ${folder}/install.sh`;
  await ssh(run, push, configure, `${settings.join('\n')}\n`);
}

function ssh(run: RunCommand, push: PushAgent, script: string, input: string | Uint8Array): Promise<string> {
  return outputOf(run, { program: 'ssh', arguments: sshArguments(push, script), input });
}

/** The command line: never asks a person, never trusts a host it does not know. */
export function sshArguments(
  { host, user, port, keyFile, knownHostsFile }: PushAgent,
  script: string,
): string[] {
  return [
    ...['-i', keyFile, '-p', String(port), '-o', 'BatchMode=yes', '-o', 'IdentitiesOnly=yes'],
    ...['-o', 'StrictHostKeyChecking=yes', '-o', `UserKnownHostsFile=${knownHostsFile}`],
    ...['--', `${user}@${host}`, user === 'root' ? script : `sudo sh -c ${quoted(script)}`],
  ];
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
