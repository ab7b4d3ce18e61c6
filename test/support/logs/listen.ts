import { ChildProcess } from 'node:child_process';
import type { Readable } from 'node:stream';
import { type ConsoleEntry, hear, hearConsole, keepCount } from './hear';

/**
 * Set up for every test file: all that child processes say on the pipes of a test, and all that is written to its console, is
 * looked through for secrets. Nothing is held back or delayed by it.
 */
const prototype = ChildProcess.prototype as unknown as Record<
  PropertyKey,
  (this: ChildProcess, ...words: unknown[]) => unknown
>;
const untouched = Symbol.for('lifeboat.spawn');
const spawn = (prototype[untouched] ??= prototype['spawn'] ?? (() => undefined));
prototype['spawn'] = function (...words) {
  const result = spawn.apply(this, words);
  const from = this.spawnargs.join(' ').replaceAll(/\s+/g, ' ').slice(0, 200);
  if (this.stdout !== null) listen(this.stdout, from, true);
  if (this.stderr !== null) listen(this.stderr, from, false);
  return result;
};

/** What a pipe brings passes `push`, before anybody reads it. */
function listen(stream: Readable, from: string, isStdout: boolean): void {
  const push = stream.push.bind(stream);
  let [begun, lines] = ['', 0];
  stream.push = (chunk: Buffer | null, ...others: [BufferEncoding?]) => {
    const parts = (begun + (chunk?.toString('latin1') ?? '\n')).split('\n');
    begun = parts.pop() ?? '';
    for (const line of parts) hear({ from, line }, isStdout);
    lines += parts.length;
    if (chunk === null) keepCount({ from: 'process', lines });
    return push(chunk, ...others);
  };
}

/** What jest shows of a test file's console when the file is through. Where it shows each line at once, nothing is kept. */
const shown = console as { readonly getBuffer?: () => readonly ConsoleEntry[] | undefined };
afterAll(() => hearConsole(shown.getBuffer?.() ?? []));
