import type { Clock } from '../../shared/ports/clock';
import type { Log } from '../../shared/ports/log';
import { redacted } from '../../shared/system/redacted';

/** One line for each happening, on standard error: time, level, what, and about what as key=value. */
export function consoleLog(
  clock: Clock,
  print: (line: string) => void = (line) => process.stderr.write(line),
): Log {
  const write = (level: string) => (what: string, about?: object) => {
    const time = new Date(clock.now()).toISOString();
    print(`${redacted(`${time} ${level} ${what}${about === undefined ? '' : ` ${pairs(about)}`}`)}\n`);
  };
  return { info: write('info '), warn: write('warn '), error: write('error') };
}

function pairs(about: object): string {
  return Object.entries(about)
    .map(([key, value]) => `${key}=${JSON.stringify(value)}`)
    .join(' ');
}
