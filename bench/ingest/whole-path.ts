import { BlobLogCache } from '../../shared/azure/blob-log-cache';
import { median, secondsOf, speedOf } from './measure';
import { rawLimit } from './raw-limit';
import { type RelayedLog, relayLimit } from './relay-limit';
import { createReplica, type Accounts } from './replica';
import { sealLogs } from './sealed-logs';
import { changedBytes, type Trace } from './traces';

export interface WholePathResult {
  readonly name: string;
  readonly speed: number;
  readonly ofRaw: number;
  /** Of what the same clients do that only pass the logs' bytes on. */
  readonly ofRelay: number;
  readonly relayOfRaw: number;
}

/** Logs from the cache into a replica: GET, verify, decode, apply, close, snapshot, by the code of production. */
export async function drainTrace(
  trace: Trace,
  accounts: Accounts,
  options: { readonly rounds: number; readonly concurrency: number; readonly logBytes: number },
): Promise<WholePathResult> {
  const bytes = changedBytes(trace);
  const speeds: number[] = [];
  const shares: number[] = [];
  const relayShares: number[] = [];
  const sharesOfRelay: number[] = [];
  for (let round = 0; round < options.rounds; round += 1) {
    const raw = await rawLimit(accounts.target, bytes, options.concurrency);
    const replica = await createReplica(accounts);
    const { replicaId, chainHead: previousDigest } = replica;
    const logs = await sealLogs(trace, { replicaId, previousDigest }, options.logBytes);
    const cache = new BlobLogCache(accounts.cache);
    const relayed: RelayedLog[] = [];
    for (const { sequence, bytes: sealed } of logs) {
      const name = { replicaId, epoch: 1, sequence, attempt: 0 };
      await cache.put(name, sealed);
      relayed.push({ name, lengthBytes: sealed.length });
    }
    const relay = await relayLimit(accounts, cache, relayed, options.concurrency);
    let applied = 0;
    const seconds = await secondsOf(async () => {
      applied = await replica.drain();
    });
    if (applied !== logs.length) throw new Error(`${applied} of ${logs.length} logs were applied`);
    await replica.remove();
    speeds.push(speedOf(bytes, seconds));
    shares.push(speedOf(bytes, seconds) / raw);
    relayShares.push(relay / raw);
    sharesOfRelay.push(speedOf(bytes, seconds) / relay);
  }
  return {
    name: trace.name,
    speed: median(speeds),
    ofRaw: median(shares),
    ofRelay: median(sharesOfRelay),
    relayOfRaw: median(relayShares),
  };
}
