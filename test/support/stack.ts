import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { builtParts, freePorts, startCloud, type PartName, type Ports } from '../../local/cloud';
import { leaks } from './stack/leaks';
import { trust } from './stack/trust';

export type Part = PartName;

export interface StackOptions {
  /** Everything that is built, if not said. */
  readonly parts?: readonly Part[];
  /** Kept, and left in place at the end. Otherwise a temporary folder, removed at the end. */
  readonly dataFolder?: string;
  readonly ports?: Ports;
  readonly declarationFile?: string;
}

/** The local cloud for one test file: the same programs and the same supervisor as `npm start`, on free ports. */
export interface Stack {
  /** What an app or a client process gets as its environment. */
  readonly environment: Readonly<Record<string, string>>;
  /** Endpoints, keys and connection strings, by the names of local.cloud.json's placeholders. */
  readonly facts: Readonly<Record<string, string>>;
  readonly dataFolder: string;
  readonly ports: Ports;
  /** What the parts and the supervisor said, a line each. */
  readonly lines: readonly string[];
  pid(part: Part): number;
  /** Saves both storage accounts, as the app's barrier does. */
  save(): Promise<void>;
  /** Kills a part and resolves when it, and what must be born anew with it, serves again. */
  kill(part: Part): Promise<void>;
  /** The same in good order. */
  restart(part: Part): Promise<void>;
  stop(): Promise<void>;
}

const programs = resolve('dist/local');
const holdStorage: readonly Part[] = ['arm', 'host'];

export async function startStack(options: StackOptions = {}): Promise<Stack> {
  const parts = options.parts ?? builtParts(programs);
  const dataFolder = options.dataFolder ?? (await mkdtemp(join(tmpdir(), 'stack-')));
  const ports = options.ports ?? (await freePorts());
  const lines: string[] = [];
  const tidy = async (): Promise<void> => {
    if (options.dataFolder === undefined) await rm(dataFolder, { recursive: true, maxRetries: 3 });
  };
  const { supervisor, facts, environment, stop } = await startCloud({
    ...{ parts, dataFolder, ports, programs },
    declarationFile: options.declarationFile ?? 'local.cloud.json',
    onLine: ({ from, text }) => lines.push(`${from} | ${text}`),
    say: (sentence) => lines.push(`cloud | ${sentence}`),
    longestPauseInMs: 100,
  }).catch(async (error: unknown) => {
    await tidy();
    throw error;
  });
  trust(await readFile(facts['authority.file'] ?? '', 'utf8'));

  const pid = (part: Part): number => {
    const found = supervisor.status().find(({ name }) => name === part)?.pid;
    if (found === undefined) throw new Error(`${part} is not running`);
    return found;
  };
  const renew = async (part: Part, end: (name: string) => Promise<void>): Promise<void> => {
    const isStorage = part === 'cache' || part === 'target';
    const renewed = [part, ...(isStorage ? holdStorage.filter((other) => parts.includes(other)) : [])];
    const before = renewed.map(pid);
    await end(part);
    await Promise.all(renewed.map((name, index) => supervisor.serving(name, before[index])));
  };
  return {
    ...{ environment, facts, dataFolder, ports, lines, pid },
    save: async () => {
      const response = await fetch(facts['barrier.url'] ?? '', { method: 'POST' });
      if (response.status !== 200) throw new Error(`not saved: ${await response.text()}`);
    },
    kill: (part) => renew(part, (name) => supervisor.kill(name)),
    restart: (part) => renew(part, (name) => supervisor.end(name)),
    stop: async () => {
      await stop();
      await tidy();
      const leaked = leaks(lines, facts);
      if (leaked.length > 0) throw new Error(`secrets are in the log:\n${leaked.join('\n')}`);
    },
  };
}
