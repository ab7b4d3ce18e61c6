import { appendFileSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

const Declaration = z.looseObject({
  app: z.looseObject({ environment: z.record(z.string(), z.string()) }),
});

/** Each process of the host takes the next line of the file, the point at which it is to be killed, and says so. */
const takeNextPoint = (queue: string): string => `
const { appendFileSync, existsSync, readFileSync, writeFileSync } = require('node:fs');
const queue = ${JSON.stringify(queue)};
if (process.argv[1]?.endsWith('host/main.js') && existsSync(queue)) {
  const [next, ...rest] = readFileSync(queue, 'utf8').split('\\n');
  writeFileSync(queue, rest.join('\\n'));
  process.env.DURABLE_CRASH_AT = next;
  appendFileSync(queue + '.taken', next + ' ' + Date.now() + '\\n');
}
`;

interface Start {
  readonly point: string;
  readonly atInMs: number;
}

/** Kills the host's process at named points of its durable engine, one process after the other. */
export class HostKiller {
  readonly #queue: string;

  constructor(private readonly folder: string) {
    this.#queue = join(folder, 'points');
  }

  /** Lets the host of this declaration be killed. */
  declareIn(declarationFile: string): void {
    const preload = join(this.folder, 'take-next-point.cjs');
    writeFileSync(preload, takeNextPoint(this.#queue));
    const { app, ...others } = Declaration.parse(JSON.parse(readFileSync(declarationFile, 'utf8')));
    const environment = { ...app.environment, NODE_OPTIONS: `--require ${preload}` };
    writeFileSync(declarationFile, JSON.stringify({ ...others, app: { ...app, environment } }));
  }

  /** From its next process on the host is killed at these points, once at each. */
  arm(points: readonly string[]): void {
    this.disarm();
    writeFileSync(this.#queue, points.join('\n'));
    appendFileSync(`${this.#queue}.taken`, '');
  }

  /** The points that processes of the host have started with; the one after the last point starts with none. */
  get starts(): readonly Start[] {
    if (!existsSync(`${this.#queue}.taken`)) return [];
    const lines = readFileSync(`${this.#queue}.taken`, 'utf8')
      .split('\n')
      .filter((line) => line !== '');
    return lines.map((line) => ({ point: line.split(' ')[0] ?? '', atInMs: Number(line.split(' ')[1]) }));
  }

  disarm(): void {
    for (const file of [this.#queue, `${this.#queue}.taken`]) rmSync(file, { force: true });
  }
}
