import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { BlobLogCache } from '../../shared/azure/blob-log-cache';
import { createReplica, type Accounts } from './replica';
import { sealLogs } from './sealed-logs';
import { sequential, uniform, type Trace } from './traces';

const mebibyte = 1024 * 1024;

/** MiB that a process grows by while it drains one log of this trace, at its highest, after so much of the same. */
export async function memoryGrowth(
  accounts: Accounts,
  trace: Trace,
  warmUpMebibytes: number,
): Promise<number> {
  const replica = await createReplica(accounts);
  const { replicaId, chainHead: previousDigest } = replica;
  const [warmUp] = await sealLogs(startOf(trace, warmUpMebibytes * mebibyte), { replicaId, previousDigest });
  const [log] = await sealLogs(
    trace,
    { replicaId, previousDigest: warmUp?.digest ?? '', firstSequence: 2 },
    256 * mebibyte,
  );
  const cache = new BlobLogCache(accounts.cache);
  for (const one of [warmUp, log]) {
    if (one === undefined) throw new Error('nothing was sealed');
    await cache.put({ replicaId, epoch: 1, sequence: one.sequence, attempt: 0 }, one.bytes);
  }
  const said = await run([accounts.cache.url, accounts.target.url, replicaId]);
  await replica.remove();
  return Number(/grew (\d+)/.exec(said)?.[1]) / mebibyte;
}

/** A log of 256 MiB: of writes in order, or of random blocks. */
export const memoryTraces: readonly Trace[] = [
  { ...sequential(256 * mebibyte), name: 'sequential 256 MiB' },
  { ...scattered(), name: 'random 64 KiB, 256 MiB' },
];

function scattered(): Trace {
  const { name, writes } = uniform(16 * mebibyte, 64 * mebibyte, 5);
  return {
    name,
    writes: writes.map((write) => ({ ...write, offsetBytes: write.offsetBytes * 16, lengthBytes: 65_536 })),
  };
}

/** So many bytes of a trace whose writes are all of one length. */
function startOf({ name, writes }: Trace, lengthBytes: number): Trace {
  return { name, writes: writes.slice(0, lengthBytes / (writes[0]?.lengthBytes ?? lengthBytes)) };
}

async function run(words: readonly string[]): Promise<string> {
  const child = spawn(
    process.execPath,
    ['--expose-gc', join(__dirname, '..', 'ingest-memory.js'), ...words],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  let said = '';
  child.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()));
  const [code] = (await once(child, 'close')) as [number];
  if (code !== 0) throw new Error(`the process that was measured ended with ${code}`);
  return said;
}
