import type { Clock } from '../../shared/ports/clock';
import type { Log } from '../../shared/ports/log';

/** One line for each happening, on standard error: time, level, what, and about what as key=value. */
export function consoleLog(clock: Clock): Log {
  const write = (level: string) => (what: string, about?: object) => {
    const time = new Date(clock.now()).toISOString();
    process.stderr.write(`${time} ${level} ${what}${about === undefined ? '' : ` ${pairs(about)}`}\n`);
  };
  return { info: write('info '), warn: write('warn '), error: write('error') };
}

function pairs(about: object): string {
  return Object.entries(about)
    .map(
      ([key, value]) =>
        `${key}=${typeof value === 'string' ? JSON.stringify(redacted(value)) : JSON.stringify(value)}`,
    )
    .join(' ');
}

/** A grant's signature, or a token, must not stand in a log even if an error message carried it. */
function redacted(text: string): string {
  return text.replaceAll(/(sig=)[^&\s"]+/gi, '$1***').replaceAll(/eyJ[\w-]+\.[\w-]+\.[\w-]*/g, '***');
}
