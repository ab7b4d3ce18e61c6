import type { Log } from '../ports/log';
import { redacted } from './redacted';

/** A line of JSON on standard output for everything that happens: the host takes it from there. */
export const lineLog: Log = lineLogTo((line) => process.stdout.write(line));

/** The same, to wherever the lines are wanted. */
export function lineLogTo(print: (line: string) => void): Log {
  const write =
    (level: string) =>
    (what: string, about: object = {}) => {
      print(`${redacted(JSON.stringify({ level, what, ...about }))}\n`);
    };
  return { info: write('info'), warn: write('warn'), error: write('error') };
}
