import { pushAgent } from '../site/discovery/push-agent';
import { runCommand } from '../site/provider/run-command';

export interface PushOptions {
  readonly host: string;
  readonly user: string;
  readonly port: number;
  readonly key: string;
  readonly knownHosts: string;
  readonly archive: string;
  readonly url: string;
  readonly token: string;
  readonly disk: readonly string[];
}

export async function push(options: PushOptions): Promise<string> {
  const { host, user, port, key, knownHosts, archive, url, token, disk } = options;
  await pushAgent(runCommand, {
    ...{ host, user, port, keyFile: key, knownHostsFile: knownHosts, archiveFile: archive },
    ...{ serviceUrl: url, token, disks: [...disk] },
  });
  return `The agent runs on ${host}.`;
}
