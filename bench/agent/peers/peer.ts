import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import {
  AccountSASPermissions,
  AccountSASResourceTypes,
  AccountSASServices,
  generateAccountSASQueryParameters,
  type BlobServiceClient,
} from '@azure/storage-blob';
import { azuriteCredential } from '../../support/azurite-process';

const run = promisify(execFile);

export interface PeerCost {
  readonly seconds: number;
  readonly cpuSeconds: number;
  readonly sentBytes: number;
}

export interface Peer {
  readonly name: 'rclone' | 'restic';
  /** Brings what the image is now to the storage account. */
  send(image: string): Promise<PeerCost>;
}

/** rclone copies the file anew; restic, through rclone, sends the chunks it does not know yet. */
export async function openPeer(
  name: Peer['name'],
  account: BlobServiceClient,
  folder: string,
): Promise<Peer> {
  const container = account.getContainerClient(`peer-${name}`);
  await container.deleteIfExists();
  await container.create();
  const env = environment(account.url, folder);
  const repository = ['-r', `rclone:azs:${container.containerName}`, '-o', 'rclone.program=/usr/bin/rclone'];
  if (name === 'restic') await run('restic', [...repository, 'init'], { env });
  return {
    name,
    send: async (image) => {
      const before = await heldBytes(account, container.containerName);
      const command =
        name === 'restic'
          ? ['restic', ...repository, '--no-cache', 'backup', '--force', image]
          : ['rclone', 'copyto', '--ignore-times', image, `azs:${container.containerName}/image`];
      const startedAt = performance.now();
      const cpuSeconds = await timed(command, env);
      const seconds = (performance.now() - startedAt) / 1000;
      const after = await heldBytes(account, container.containerName);
      return { seconds, cpuSeconds, sentBytes: name === 'restic' ? after - before : after };
    },
  };
}

function environment(accountUrl: string, folder: string): Record<string, string> {
  const grant = generateAccountSASQueryParameters(
    {
      expiresOn: new Date(Date.now() + 3_600_000),
      permissions: AccountSASPermissions.parse('rwdlacup'),
      resourceTypes: AccountSASResourceTypes.parse('sco').toString(),
      services: AccountSASServices.parse('b').toString(),
    },
    azuriteCredential,
  );
  return {
    ...{ PATH: '/usr/bin:/bin', HOME: folder, RESTIC_PASSWORD: 'bench', RCLONE_CONFIG_AZS_TYPE: 'azureblob' },
    RCLONE_CONFIG_AZS_SAS_URL: `${accountUrl.replace(/\/$/, '')}?${grant.toString()}`,
  };
}

/** Runs a command; the processor's time that it and its children used, in seconds. */
async function timed(command: readonly string[], env: Record<string, string>): Promise<number> {
  const script = 'TIMEFORMAT="cpu %U %S"; time "$@"';
  const { stderr } = await run('bash', ['-c', script, 'bash', ...command], { env, maxBuffer: 1 << 24 });
  const [, user = NaN, system = NaN] = /cpu ([\d.]+) ([\d.]+)/.exec(stderr) ?? [];
  return Number(user) + Number(system);
}

async function heldBytes(account: BlobServiceClient, container: string): Promise<number> {
  let bytes = 0;
  for await (const { properties } of account.getContainerClient(container).listBlobsFlat())
    bytes += properties.contentLength ?? 0;
  return bytes;
}
