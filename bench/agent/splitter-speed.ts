import { mkdtemp, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { median } from '../ingest/measure';
import { measure, type Load, type Measured } from './fio';
import { peerKinds, type ServerKind, splitterKinds, type Usage } from './nbd-servers';
import { hasProgram } from './peers/has-program';
import { printGoal, row } from './print';

const mebibyte = 1024 * 1024;

const deepWrite: Load = {
  name: 'random write 4 KiB, 16 deep',
  kind: 'randwrite',
  blockKibibytes: 4,
  depth: 16,
};
const singleWrite: Load = {
  name: 'random write 4 KiB, 1 deep',
  kind: 'randwrite',
  blockKibibytes: 4,
  depth: 1,
};
const loads: readonly Load[] = [
  deepWrite,
  singleWrite,
  { name: 'random read 4 KiB, 16 deep', kind: 'randread', blockKibibytes: 4, depth: 16 },
  { name: 'sequential write 1 MiB, 4 deep', kind: 'write', blockKibibytes: 1024, depth: 4 },
];

type Results = Map<string, Measured[]>;

/** The same loads against every server in turn, on the same file, round after round. */
export async function splitterSpeed({ rounds, seconds }: { rounds: number; seconds: number }): Promise<void> {
  if (!hasProgram('fio')) return row('splitter', 'skipped: fio is not installed');
  const kinds = [...peerKinds.filter(({ name }) => hasProgram(name)), ...splitterKinds];
  const results: Results = new Map();
  const usages: Usage[] = [];
  for (let round = 0; round < rounds; round += 1) {
    for (const kind of kinds) {
      const usage = await measureServer(kind, { seconds, results });
      if (usage !== undefined && kind.name === 'splitter with log') usages.push(usage);
    }
  }
  for (const load of loads) printLoad(load, kinds, results);
  printLatency(kinds, results);
  const cpuMs = usages.map(({ cpuMs: spent, capturedBytes }) => spent / (capturedBytes / mebibyte));
  if (cpuMs.length > 0)
    row('CPU of the splitter with log', `${median(cpuMs).toFixed(2)} ms for each MiB captured`);
  const ofPlain = ratio(results, deepWrite, 'splitter with log', 'splitter');
  printGoal('G9 with log / without, 4 KiB, 16 deep', ofPlain, { floor: 0.7, aim: 0.9, more: true });
  if (kinds.some(({ name }) => name === 'qemu-nbd')) {
    const ofPeer = ratio(results, deepWrite, 'splitter with log', 'qemu-nbd');
    printGoal('G9 with log / qemu-nbd, 4 KiB, 16 deep', ofPeer, { floor: 1.2, aim: 2, more: true });
  }
}

async function measureServer(
  kind: ServerKind,
  { seconds, results }: { readonly seconds: number; readonly results: Results },
): Promise<Usage | undefined> {
  const folder = await mkdtemp(join(tmpdir(), 'lifeboat-splitter-'));
  const disk = join(folder, 'disk');
  await writeFile(disk, '');
  await truncate(disk, 512 * mebibyte);
  const server = await kind.start(disk, join(folder, 'state'));
  try {
    let writing: Usage | undefined;
    for (const load of loads) {
      const measured = await measure(server.uri, load, seconds);
      const name = keyOf(kind.name, load);
      results.set(name, [...(results.get(name) ?? []), measured]);
      if (load === deepWrite) writing = await server.usage();
    }
    return writing;
  } finally {
    await server.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

function printLoad(load: Load, kinds: readonly ServerKind[], results: Results): void {
  const speeds = kinds.map(({ name }) => {
    const speed = load.blockKibibytes >= 1024 ? 'mebibytesPerSecond' : 'perSecond';
    const value = median((results.get(keyOf(name, load)) ?? []).map((each) => each[speed]));
    return `${name} ${Math.round(value)}`;
  });
  const shares = kinds
    .filter(({ name }) => name !== 'splitter with log')
    .map(({ name }) => `/${name} ${ratio(results, load, 'splitter with log', name).toFixed(2)}`);
  row(load.name, `${speeds.join(', ')}; with log ${shares.join(' ')}`);
}

/** One write at a time, so that nothing but the server is waited for. */
function printLatency(kinds: readonly ServerKind[], results: Results): void {
  const told = kinds.map(({ name }) => {
    const each = results.get(keyOf(name, singleWrite)) ?? [];
    const p50 = median(each.map(({ p50Ms }) => p50Ms));
    const p99 = median(each.map(({ p99Ms }) => p99Ms));
    return `${name} ${p50.toFixed(3)}/${p99.toFixed(3)}`;
  });
  row('latency p50/p99, ms', told.join(', '));
}

function ratio(results: Results, load: Load, one: string, other: string): number {
  const speeds = (name: string): number[] =>
    (results.get(keyOf(name, load)) ?? []).map((each) => each.perSecond);
  const others = speeds(other);
  return median(speeds(one).map((speed, round) => speed / (others[round] ?? NaN)));
}

function keyOf(server: string, load: Load): string {
  return `${server}/${load.name}`;
}
