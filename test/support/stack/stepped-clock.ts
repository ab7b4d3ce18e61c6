import { renameSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

const preload = (state: string, built: string): string => `
const { readFileSync } = require('node:fs');
const realNow = Date.now;
const read = () => JSON.parse(readFileSync(${JSON.stringify(state)}, 'utf8'));
const now = () => {
  const { aheadInMs, standsAtInMs } = read();
  return standsAtInMs ?? realNow() + aheadInMs;
};
const program = process.argv[1] ?? '';
if (/\\/(host|agent)\\/main\\.js$/.test(program)) {
  require(${JSON.stringify(join(built, 'shared/system/system-clock.js'))}).systemClock.now = now;
}
if (program.endsWith('/identity/main.js')) {
  const server = require(${JSON.stringify(join(built, 'local/identity/server.js'))});
  const { startIdentity } = server;
  server.startIdentity = (options) => startIdentity({ ...options, lifetimeInSeconds: 86_400 });
}
if (program.endsWith('/storage/main.js')) {
  const ahead = () => realNow() + read().aheadInMs;
  globalThis.Date = class extends Date {
    constructor(...parts) {
      super(...(parts.length === 0 ? [ahead()] : parts));
    }
    static now() {
      return ahead();
    }
  };
}
`;

/**
 * The clock of the app, its agents and storage in one stack, which a test lets stand and step. What people sign in with
 * is good for a day; timers of programs go by the real time.
 */
export class SteppedClock {
  readonly #state: string;
  readonly #preload: string;
  #aheadInMs = 0;
  #standsAtInMs: number | undefined;

  constructor(folder: string) {
    this.#state = join(folder, 'clock.json');
    this.#preload = join(folder, 'clock.cjs');
    writeFileSync(this.#preload, preload(this.#state, resolve('dist')));
    this.#write();
  }

  /** What programs are started with, beside what they are started with anyway. */
  get nodeOptions(): string {
    return `${process.env['NODE_OPTIONS'] ?? ''} --require ${this.#preload}`.trim();
  }

  now(): number {
    return this.#standsAtInMs ?? Date.now() + this.#aheadInMs;
  }

  stand(): void {
    this.#standsAtInMs = this.now();
    this.#write();
  }

  step(durationInMs: number): void {
    this.#aheadInMs += durationInMs;
    if (this.#standsAtInMs !== undefined) this.#standsAtInMs += durationInMs;
    this.#write();
  }

  run(): void {
    this.#standsAtInMs = undefined;
    this.#write();
  }

  #write(): void {
    const standing = this.#standsAtInMs === undefined ? {} : { standsAtInMs: this.#standsAtInMs };
    writeFileSync(`${this.#state}.new`, JSON.stringify({ aheadInMs: this.#aheadInMs, ...standing }));
    renameSync(`${this.#state}.new`, this.#state);
  }
}
