import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { looksLikeSecret } from './secret-shapes';

/** The folder that a whole run of the tests keeps what was found in; without it nothing is kept. */
export const heardFolder = 'LIFEBOAT_HEARD';

export interface Finding {
  readonly from: string;
  readonly line: string;
}

/** What was heard from somebody, written when a test file or a process ends. */
export interface Count {
  readonly from: 'process' | 'test';
  readonly lines: number;
}

/** Programs whose purpose is to say a secret do so on stdout, on a line that holds nothing else. */
const data: readonly RegExp[] = [
  /^eyJ[\w-]+\.[\w-]+\.[\w-]+$/,
  /^((home|away)-)?token lb1\.[\w-]+$/,
  /^ {2}(cache storage|target storage|Service Bus|Cosmos DB) {2,}\S+$/,
];

/** Hears a line of a log: a secret in it is a finding. */
export function hear({ from, line }: Finding, isStdout = false): void {
  if (!looksLikeSecret(line) || (isStdout && data.some((shape) => shape.test(line)))) return;
  keep('findings', { from, line });
}

export function keepCount(count: Count): void {
  if (count.lines > 0) keep('counts', count);
}

export interface ConsoleEntry {
  readonly message: string;
}

/** What a test file wrote to its console. */
export function hearConsole(entries: readonly ConsoleEntry[]): void {
  const lines = entries.flatMap(({ message }) => message.split('\n'));
  for (const line of lines) hear({ from: 'the console of a test', line });
  keepCount({ from: 'test', lines: lines.length });
}

function keep(what: 'findings' | 'counts', record: Finding | Count): void {
  const folder = process.env[heardFolder];
  if (folder !== undefined)
    appendFileSync(join(folder, `${process.pid}.${what}`), `${JSON.stringify(record)}\n`);
}
