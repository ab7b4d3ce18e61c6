import { existsSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { openCertificates } from '../authority';
import { openStore, StoreError, type Store } from '../store';
import type { Line } from './child';
import { startControl } from './control';
import { readDeclaration, type Declaration } from './declaration';
import { gatherFacts, secretNames } from './facts';
import { fill, fillAll, type Facts } from './placeholders';
import { planParts, portsOf, type PartName } from './plan';
import { assertFree, type Ports } from './ports';
import { openSecrets } from './secrets';
import { Supervisor } from './supervisor';

const unclearEndPatienceInMs = 8_000;

export interface CloudOptions {
  readonly declarationFile: string;
  readonly dataFolder: string;
  /** The folder of the compiled parts. */
  readonly programs: string;
  readonly parts: readonly PartName[];
  readonly ports: Ports;
  readonly onLine: (line: Line) => void;
  readonly say: (sentence: string) => void;
  readonly longestPauseInMs?: number;
}

export interface Cloud {
  readonly parts: readonly PartName[];
  readonly facts: Facts;
  /** What the app gets in its environment. */
  readonly environment: Readonly<Record<string, string>>;
  readonly supervisor: Supervisor;
  readonly stop: () => Promise<void>;
}

/** Brings the parts up and keeps them up. Resolves when all serve. */
export async function startCloud(options: CloudOptions): Promise<Cloud> {
  const dataFolder = resolve(options.dataFolder);
  await mkdir(dataFolder, { recursive: true, mode: 0o700 });
  const lock = lockFolder(dataFolder);
  try {
    return await startLocked({ ...options, dataFolder }, lock);
  } catch (error) {
    await lock.close();
    throw error;
  }
}

async function startLocked(options: CloudOptions, lock: Store): Promise<Cloud> {
  const { dataFolder, parts, ports, declarationFile } = options;
  const runningFile = join(dataFolder, 'running.json');
  // Parts of a supervisor that was killed may need a moment to notice.
  const patienceInMs = existsSync(runningFile) ? unclearEndPatienceInMs : 0;
  await assertFree(ports, ['control', ...parts.flatMap(portsOf)], patienceInMs);

  const declaration = await readDeclaration(declarationFile);
  const certificates = await openCertificates({
    folder: join(dataFolder, 'authority'),
    clock: { now: () => Date.now() },
  });
  const secrets = await openSecrets(join(dataFolder, 'secrets.json'), secretNames(declaration));
  const facts = gatherFacts({ declaration, ports, secrets, certificates });
  const environment = fillAll(declaration.app.environment, facts, 'app.environment');
  const directoryFile = join(dataFolder, 'directory.json');
  await writePrivate(directoryFile, directoryOf(declaration, facts));
  await writePrivate(runningFile, { pid: process.pid, ...signInOf(declaration, facts, directoryFile) });

  const plans = planParts(parts, {
    ...{ declaration, dataFolder, ports, facts, certificates, directoryFile },
    declarationFolder: dirname(resolve(declarationFile)),
    programs: options.programs,
  });
  const supervisor = new Supervisor({
    plans,
    preload: join(options.programs, 'cloud', 'end-with-parent.js'),
    onLine: options.onLine,
    say: options.say,
    longestPauseInMs: options.longestPauseInMs ?? 10_000,
    graceInMs: 4_000,
    startPatienceInMs: patienceInMs,
  });
  const stopControl = await startControl({
    port: ports.control,
    saves: (['cache', 'target'] as const)
      .filter((name) => parts.includes(name))
      .map((name) => `http://127.0.0.1:${ports[`${name}-control`]}/save`),
    status: () => supervisor.status(),
  });
  const leave = async (): Promise<void> => {
    await stopControl();
    await rm(runningFile, { force: true });
  };
  await supervisor.start().catch(async (error: unknown) => {
    await leave();
    throw error;
  });
  return {
    ...{ parts, facts, environment, supervisor },
    stop: async () => {
      await supervisor.stop();
      await leave();
      await lock.close();
    },
  };
}

function lockFolder(folder: string): Store {
  try {
    return openStore({
      file: join(folder, 'lock.sqlite'),
      migrations: [],
      name: 'the lock of the data folder',
    });
  } catch (error) {
    if (!(error instanceof StoreError) || error.code !== 'alreadyOpen') throw error;
    throw new Error(
      `A local cloud is running on ${folder} already. End it first, or take another folder: npm start -- --data <folder>.`,
      { cause: error },
    );
  }
}

/** The directory of the token issuer: the declared principals with their secrets. */
function directoryOf({ identity }: Declaration, facts: Facts): object {
  return {
    tenantId: identity.tenantId,
    resources: identity.resources.map((resource) => fill(resource, facts, 'identity.resources')),
    principals: identity.principals.map((principal) => ({
      ...principal,
      secret: facts[`principal.${principal.name}.secret`],
    })),
  };
}

/** What a person's tools need to get a token while the cloud runs. */
function signInOf({ identity }: Declaration, facts: Facts, directoryFile: string): object {
  return {
    tokenEndpoint: `${facts['identity.endpoint']}/${identity.tenantId}/oauth2/v2.0/token`,
    authorityFile: facts['authority.file'],
    defaultResource: fill(identity.defaultResource, facts, 'identity.defaultResource'),
    directoryFile,
  };
}

async function writePrivate(file: string, content: object): Promise<void> {
  await writeFile(file, `${JSON.stringify(content, null, 2)}\n`, { mode: 0o600 });
}
