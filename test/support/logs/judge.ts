import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { type Count, type Finding, heardFolder } from './hear';

/** Stands in secrets that a test lets out on purpose, to see that they are found. */
export const seeded = 'SeededSeededSeeded';

/** After the last test of a run: fails it where any log of it carried a secret. */
export default function judgeRun(): void {
  const folder = process.env[heardFolder];
  if (folder === undefined) return;
  const verdict = judge(folder);
  rmSync(folder, { recursive: true });
  process.stderr.write(`${verdict.summary}\n`);
  if (verdict.leaks.length > 0)
    throw new Error(`Secrets are in the logs of this run:\n${verdict.leaks.join('\n')}`);
}

export function judge(folder: string): { readonly summary: string; readonly leaks: readonly string[] } {
  const counts = recordsIn<Count>(folder, '.counts');
  const lines = counts.reduce((sum, count) => sum + count.lines, 0);
  const processes = counts.filter(({ from }) => from === 'process').length;
  const leaks = recordsIn<Finding>(folder, '.findings')
    .filter(({ line }) => !line.includes(seeded))
    .map(({ from, line }) => `${from}: ${line.slice(0, 1000)}`);
  return {
    summary: `Heard ${lines} lines on consoles and ${processes} pipes of processes; secrets in them: ${leaks.length}.`,
    leaks,
  };
}

function recordsIn<T>(folder: string, ending: string): T[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith(ending))
    .flatMap((name) => readFileSync(join(folder, name), 'utf8').trimEnd().split('\n'))
    .map((line) => JSON.parse(line) as T);
}
