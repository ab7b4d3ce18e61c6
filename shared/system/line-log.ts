import type { Log } from '../ports/log';

const secrets = /(sig=|Bearer |SharedAccessKey=|AccountKey=)[^&\s"';]+|eyJ[\w-]+\.[\w-]+\.[\w-]+/g;

/** A line of JSON on standard output for everything that happens: the host takes it from there. */
export const lineLog: Log = {
  info: (what, about) => write('info', what, about),
  warn: (what, about) => write('warn', what, about),
  error: (what, about) => write('error', what, about),
};

function write(level: string, what: string, about: object = {}): void {
  const line = JSON.stringify({ level, what, ...about }).replace(
    secrets,
    (_, name: string | undefined) => `${name ?? ''}***`,
  );
  process.stdout.write(`${line}\n`);
}
