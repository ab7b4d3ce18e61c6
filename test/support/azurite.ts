import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  StorageSharedKeyCredential,
  type BlobServiceClient,
  type StoragePipelineOptions,
} from '@azure/storage-blob';
import { present } from '../../shared/assert';
import { strictBlobService, type StrictOptions } from './strict-azure/strict-azure';

const account = 'devstoreaccount1';
const accountKey = 'Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==';

export interface Azurite {
  /** The account's blob endpoint. */
  readonly endpoint: string;
  readonly port: number;
  readonly processId: number;
  readonly credential: StorageSharedKeyCredential;
  /** A client that is as strict as Azure; of another address if something stands between. */
  service(options?: StrictOptions & StoragePipelineOptions & { endpoint?: string }): BlobServiceClient;
  stop(): Promise<void>;
}

/** Starts Azurite in a process of its own, on a free port, with a folder that goes when it stops. */
export async function startAzurite(): Promise<Azurite> {
  const folder = await mkdtemp(join(tmpdir(), 'lifeboat-azurite-'));
  const child = spawn(process.execPath, [
    require.resolve('azurite/dist/src/blob/main.js'),
    ...['--blobPort', '0', '--blobHost', '127.0.0.1', '--location', folder],
    ...['--skipApiVersionCheck', '--disableTelemetry', '--silent', '--blobKeepAliveTimeout', '60'],
  ]);
  const port = await listeningPort(child);
  const endpoint = `http://127.0.0.1:${port}/${account}`;
  const credential = new StorageSharedKeyCredential(account, accountKey);
  return {
    endpoint,
    port,
    processId: present(child.pid, 'the id of the process'),
    credential,
    service: ({ endpoint: other = endpoint, ...options } = {}) =>
      strictBlobService(other, credential, options),
    stop: async () => {
      const ended = once(child, 'exit');
      if (child.exitCode === null && child.kill('SIGKILL')) await ended;
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function listeningPort(child: ChildProcess): Promise<number> {
  let said = '';
  for await (const chunk of present(child.stdout, 'the output of the process')) {
    said += String(chunk);
    const [, port] = /successfully listen(?:ing|s) on https?:\/\/[^:]+:(\d+)/.exec(said) ?? [];
    if (port !== undefined) {
      child.stdout?.resume();
      return Number(port);
    }
  }
  throw new Error(`Azurite did not start: ${said}`);
}
