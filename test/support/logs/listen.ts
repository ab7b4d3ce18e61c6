import childProcess, { ChildProcess } from 'node:child_process';
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

/** What is waited for has said all that it says when it comes back, or is thrown. */
type Said = { readonly stdout?: unknown; readonly stderr?: unknown } | string | Buffer | null | undefined;
const synchronous = childProcess as unknown as Record<PropertyKey, (...words: unknown[]) => Said>;
for (const name of ['spawnSync', 'execFileSync'] as const) {
  const mark = Symbol.for(`lifeboat.${name}`);
  const run = (synchronous[mark] ??= synchronous[name] ?? (() => undefined));
  synchronous[name] = (...words) => {
    const from = words.slice(0, 2).flat().join(' ').replaceAll(/\s+/g, ' ').slice(0, 200);
    try {
      const said = run(...words);
      hearAll(from, said);
      return said;
    } catch (error) {
      hearAll(from, error as Said);
      throw error;
    }
  };
}

function hearAll(from: string, said: Said): void {
  const isOutput = typeof said === 'string' || Buffer.isBuffer(said);
  const streams = isOutput ? [said, undefined] : [said?.stdout, said?.stderr];
  for (const [index, stream] of streams.entries()) {
    if (typeof stream !== 'string' && !Buffer.isBuffer(stream)) continue;
    const lines = (typeof stream === 'string' ? stream : stream.toString('latin1')).split('\n');
    for (const line of lines) hear({ from, line }, index === 0);
    keepCount({ from: 'process', lines: lines.length });
  }
}

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
