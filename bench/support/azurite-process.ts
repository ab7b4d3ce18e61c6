import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { StorageSharedKeyCredential } from '@azure/storage-blob';

const account = 'devstoreaccount1';
const accountKey = 'Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==';

/** The well-known account of every Azurite. */
export const azuriteCredential = new StorageSharedKeyCredential(account, accountKey);

export interface AzuriteProcess {
  readonly endpoint: string;
  readonly port: number;
  /** Ends it and removes its folder. */
  stop(): Promise<void>;
}

/** Starts Azurite in a process of its own, on a free port of 127.0.0.1, with a folder of its own. */
export async function startAzuriteProcess(): Promise<AzuriteProcess> {
  const folder = await mkdtemp(join(tmpdir(), 'lifeboat-azurite-'));
  const child = spawn(process.execPath, [
    require.resolve('azurite/dist/src/blob/main.js'),
    ...['--blobPort', '0', '--blobHost', '127.0.0.1', '--location', folder],
    ...['--skipApiVersionCheck', '--disableTelemetry', '--silent', '--blobKeepAliveTimeout', '60'],
  ]);
  const port = await listeningPort(child);
  return {
    endpoint: endpointOf(port),
    port,
    stop: async () => {
      const ended = once(child, 'exit');
      if (child.exitCode === null && child.kill('SIGKILL')) await ended;
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** The account's address at a port, be it Azurite's own or that of something in front of it. */
export function endpointOf(port: number): string {
  return `http://127.0.0.1:${port}/${account}`;
}

async function listeningPort({ stdout }: ChildProcess): Promise<number> {
  let said = '';
  for await (const chunk of stdout ?? []) {
    said += String(chunk);
    const [, port] = /successfully listen(?:ing|s) on https?:\/\/[^:]+:(\d+)/.exec(said) ?? [];
    if (port === undefined) continue;
    stdout?.resume();
    return Number(port);
  }
  throw new Error(`Azurite did not start: ${said}`);
}
