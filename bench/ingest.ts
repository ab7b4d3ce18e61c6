import { parseArgs } from 'node:util';
import { applyTrace } from './ingest/apply-engine';
import { costGrowth } from './ingest/growth';
import { memoryGrowth, memoryTraces } from './ingest/memory';
import { modelledCeiling } from './ingest/modelled-ceiling';
import { bestConcurrency } from './ingest/raw-limit';
import { accountsAt, type Accounts } from './ingest/replica';
import { allTraces, sequential } from './ingest/traces';
import { drainTrace } from './ingest/whole-path';
import { startAzuriteProcess } from './support/azurite-process';

const mebibyte = 1024 * 1024;

/** npm run bench:ingest -- --rounds 5: from change logs to page blobs, on two Azurites, everything in one run. */
async function main(): Promise<void> {
  const { values } = parseArgs({ options: { rounds: { type: 'string', default: '5' } } });
  const rounds = Number(values.rounds);
  const cache = await startAzuriteProcess();
  const target = await startAzuriteProcess();
  try {
    const accounts = accountsAt(cache.endpoint, target.endpoint);
    await printModelled();
    const concurrency = await bestConcurrency(accounts.target, 128 * mebibyte);
    console.log(`\nRaw limit: 4 MiB pages, ${concurrency} at a time. Medians of ${rounds} rounds.`);
    await printApplied(accounts, { rounds, concurrency });
    await printDrained(accounts, { rounds, concurrency });
    await printMemory(accounts);
    await printGrowth(accounts, rounds);
  } finally {
    await Promise.all([cache.stop(), target.stop()]);
  }
}

async function printModelled(): Promise<void> {
  console.log(
    'G4  one Azure page blob (500 requests, 60 MiB a second), MiB/s of change, in order -> planned',
  );
  for (const trace of allTraces()) {
    const { name, naive, planned } = modelledCeiling(trace);
    row(name, `${naive.toFixed(1)} -> ${planned.toFixed(1)}  (${(planned / naive).toFixed(1)}x)`);
  }
}

async function printApplied(
  accounts: Accounts,
  options: { rounds: number; concurrency: number },
): Promise<void> {
  console.log('G1  apply engine, MiB/s of change (share of raw); G3  requests per MiB, in order -> planned');
  for (const trace of allTraces()) {
    const result = await applyTrace(trace, accounts, options);
    const { naiveRequestsPerMebibyte: naive, requestsPerMebibyte: planned } = result;
    row(
      result.name,
      `${result.speed.toFixed(0)} (${result.ofRaw.toFixed(2)})   ` +
        `${naive.toFixed(1)} -> ${planned.toFixed(2)}  (1/${(naive / planned).toFixed(1)})`,
    );
  }
}

async function printDrained(
  accounts: Accounts,
  options: { rounds: number; concurrency: number },
): Promise<void> {
  console.log(
    'G2  from the cache to a snapshot, MiB/s of change (share of raw; of passing the bytes on; that, of raw)',
  );
  for (const logMebibytes of [8, 15, 64]) {
    const logBytes = logMebibytes * mebibyte;
    const result = await drainTrace(sequential(), accounts, { ...options, logBytes });
    const shares = [result.ofRaw, result.ofRelay, result.relayOfRaw].map((share) => share.toFixed(2));
    row(`${result.name}, logs of ${logMebibytes} MiB`, `${result.speed.toFixed(0)} (${shares.join('; ')})`);
  }
}

async function printMemory(accounts: Accounts): Promise<void> {
  console.log(
    'G5  what a process grows by that drains one log of 256 MiB, MiB: just started; after one of 16 MiB',
  );
  for (const trace of memoryTraces) {
    const growth = [await memoryGrowth(accounts, trace, 1), await memoryGrowth(accounts, trace, 16)];
    row(trace.name, growth.map((mebibytes) => mebibytes.toFixed(0)).join('; '));
  }
}

async function printGrowth(accounts: Accounts, rounds: number): Promise<void> {
  console.log('Cost growth: ms per MiB of change, from the cache to a snapshot (against one disk of 1 GiB)');
  const [first, ...others] = await costGrowth(accounts, rounds);
  if (first === undefined) return;
  for (const { disks, diskGibibytes, timePerMebibyte } of [first, ...others]) {
    const slope = timePerMebibyte / first.timePerMebibyte;
    row(`${disks} x ${diskGibibytes} GiB`, `${timePerMebibyte.toFixed(1)}  (${slope.toFixed(2)}x)`);
  }
}

function row(name: string, what: string): void {
  console.log(`    ${name.padEnd(28)} ${what}`);
}

void main();
