import { accountsAt, drainOn, portsOn } from './ingest/replica';

/**
 * Drains a replica twice: first, with no time to do more, a smaller log, so that code and connections are there; then
 * the log that is measured.
 */
async function main(): Promise<void> {
  const [cacheEndpoint = '', targetEndpoint = '', replicaId = ''] = process.argv.slice(2);
  const { cache, target } = accountsAt(cacheEndpoint, targetEndpoint);
  const ports = portsOn(cache, target);
  await drainOn({ ...ports, measures: { ...ports.measures, drainBudgetInMs: 0 } }, replicaId);
  globalThis.gc?.();
  const before = process.memoryUsage().rss;
  let most = before;
  const watching = setInterval(() => (most = Math.max(most, process.memoryUsage().rss)), 5);
  const applied = await drainOn(ports, replicaId);
  clearInterval(watching);
  if (applied !== 1) throw new Error(`${applied} logs were applied instead of one`);
  console.log(`grew ${most - before}`);
}

void main();
