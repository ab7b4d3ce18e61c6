import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { outputOf, type RunCommand } from '../provider/run-command';

const PushAgent = z.object({
  host: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9.:-]*$/, 'a host name or address'),
  user: z.string().regex(/^[a-z_][a-z0-9_-]*$/, 'a user name'),
  port: z.int().min(1).max(65_535).default(22),
  /** The private key to sign in with. */
  keyFile: z.string().min(1),
  /** Hosts that are known, and by which keys: an unknown one is refused. */
  knownHostsFile: z.string().min(1),
  /** The agent as one gzipped tar archive, with `bin/lifeboat-agent` in it. */
  archiveFile: z.string().min(1),
  serviceUrl: z.url().regex(/^\S+$/),
  /** Buys the agent's registration, once. */
  token: z.string().regex(/^[\w.-]{20,200}$/, 'a registration token'),
  disks: z.array(z.string().regex(/^\/[\w./:-]+$/, 'an absolute path')).min(1),
});
export type PushAgent = z.input<typeof PushAgent>;

const folder = '/opt/lifeboat-agent';
const environmentFile = '/etc/lifeboat-agent.env';
const unitFile = '/etc/systemd/system/lifeboat-agent.service';

/**
 * Installs the agent on a machine by the system's own `ssh`, and starts it. The token travels in the input, not on a command line that
 * others of the machine can see.
 */
export async function pushAgent(run: RunCommand, push: PushAgent): Promise<void> {
  const { archiveFile, disks, serviceUrl, token, ...host } = PushAgent.parse(push);
  const send = async (script: string, input: string | Uint8Array): Promise<void> => {
    await outputOf(run, { program: 'ssh', arguments: sshArguments(host, script), input });
  };
  await send(`umask 022 && mkdir -p ${folder} && tar -xz -C ${folder}`, readFileSync(archiveFile));
  const settings = `LIFEBOAT_URL=${serviceUrl}\nLIFEBOAT_TOKEN=${token}\n`;
  await send(`umask 077 && cat > ${environmentFile}`, settings);
  const start =
    'systemctl daemon-reload && systemctl enable lifeboat-agent && systemctl restart lifeboat-agent';
  await send(`umask 022 && cat > ${unitFile} && ${start}`, unitOf(disks));
}

interface Host {
  readonly host: string;
  readonly user: string;
  readonly port: number;
  readonly keyFile: string;
  readonly knownHostsFile: string;
}

/** Never asks a person, never trusts a host it does not know. */
function sshArguments({ host, user, port, keyFile, knownHostsFile }: Host, script: string): string[] {
  return [
    ...['-i', keyFile, '-p', String(port), '-o', 'BatchMode=yes', '-o', 'IdentitiesOnly=yes'],
    ...['-o', 'StrictHostKeyChecking=yes', '-o', `UserKnownHostsFile=${knownHostsFile}`],
    ...['--', `${user}@${host}`, user === 'root' ? script : `sudo -n sh -c ${quoted(script)}`],
  ];
}

function unitOf(disks: readonly string[]): string {
  const given = disks.map((disk) => `--disk ${disk}`).join(' ');
  return `[Unit]
Description=lifeboat agent: protects disks by replicating their writes
After=network-online.target
Wants=network-online.target

[Service]
EnvironmentFile=${environmentFile}
ExecStart=${folder}/bin/lifeboat-agent run --url \${LIFEBOAT_URL} --token \${LIFEBOAT_TOKEN} ${given}
StateDirectory=lifeboat-agent
StateDirectoryMode=0700
Restart=always
RestartSec=1

[Install]
WantedBy=multi-user.target
`;
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
