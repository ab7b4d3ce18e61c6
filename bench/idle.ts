import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { builtParts, freePorts, startCloud } from '../local/cloud';

const programs = join(__dirname, '..', 'local');
const settleSeconds = 8;

interface Usage {
  readonly cpuMs: number;
  readonly memoryMiB: number;
}

/** npm run bench:idle -- --seconds 30: what the whole local cloud costs while nobody uses it. */
async function main(): Promise<void> {
  const { values } = parseArgs({ options: { seconds: { type: 'string', default: '30' } } });
  const seconds = Number(values.seconds);
  const dataFolder = await mkdtemp(join(tmpdir(), 'idle-'));
  const startedAt = performance.now();
  const cloud = await startCloud({
    ...{ dataFolder, programs, parts: builtParts(programs), ports: await freePorts() },
    declarationFile: 'local.cloud.json',
    onLine: ({ isError, text }) => (isError ? console.error(text) : undefined),
    say: (sentence) => console.error(sentence),
  });
  console.log(`The local cloud was up in ${((performance.now() - startedAt) / 1000).toFixed(1)} s.`);
  try {
    await sleep(settleSeconds * 1000);
    const processes = [
      { name: 'supervisor', pid: process.pid },
      ...cloud.supervisor.status().flatMap(({ name, pid }) => (pid === undefined ? [] : [{ name, pid }])),
    ];
    const before = await Promise.all(processes.map(({ pid }) => usageOf(pid)));
    await sleep(seconds * 1000);
    const after = await Promise.all(processes.map(({ pid }) => usageOf(pid)));
    report(processes, { before, after, seconds });
  } finally {
    await cloud.stop();
    await rm(dataFolder, { recursive: true, maxRetries: 3 });
  }
}

function report(
  processes: readonly { readonly name: string }[],
  measured: { readonly before: readonly Usage[]; readonly after: readonly Usage[]; readonly seconds: number },
): void {
  const { before, after, seconds } = measured;
  const rows = processes.map(({ name }, index) => ({
    name,
    percent: ((after[index]?.cpuMs ?? NaN) - (before[index]?.cpuMs ?? NaN)) / (seconds * 10),
    memoryMiB: after[index]?.memoryMiB ?? NaN,
  }));
  const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0);
  rows.push({
    name: 'all',
    percent: sum(rows.map(({ percent }) => percent)),
    memoryMiB: sum(rows.map(({ memoryMiB }) => memoryMiB)),
  });
  console.log(`Idle for ${seconds} s:\n`);
  console.log('part        CPU (% of one core)  memory (MiB)');
  for (const { name, percent, memoryMiB } of rows) {
    console.log(`${name.padEnd(12)}${percent.toFixed(2).padStart(19)}${memoryMiB.toFixed(0).padStart(14)}`);
  }
}

/** From Linux's own books, in hundredths of a second; elsewhere there is nothing to read, and NaN says so. */
async function usageOf(pid: number): Promise<Usage> {
  try {
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
    // After the name in brackets: state is field 3, user time 14, system time 15.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const status = await readFile(`/proc/${pid}/status`, 'utf8');
    return {
      cpuMs: (Number(fields[11]) + Number(fields[12])) * 10,
      memoryMiB: Number(/^VmRSS:\s+(\d+)/m.exec(status)?.[1]) / 1024,
    };
  } catch {
    return { cpuMs: NaN, memoryMiB: NaN };
  }
}

main().catch((error: unknown) => {
  console.error(error);
  process.exit(1);
});
