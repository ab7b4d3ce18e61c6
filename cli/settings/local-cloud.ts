import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { exitCodes, Failure, usage } from '../failure';
import { nearest } from '../nearest';

const Running = z.looseObject({
  tokenEndpoint: z.url(),
  authorityFile: z.string(),
  defaultResource: z.url(),
  directoryFile: z.string(),
});
const Principal = z.looseObject({ name: z.string(), clientId: z.string(), secret: z.string() });
const Directory = z.looseObject({ tenantId: z.string(), principals: z.array(Principal) });

/** A local cloud that runs, and somebody of its directory. */
export interface LocalCloud {
  readonly endpoint: string;
  readonly authorityHost: string;
  readonly authorityFile: string;
  readonly tenantId: string;
  readonly principal: z.infer<typeof Principal>;
}

/** What a local cloud says of itself in its data folder. Secrets are read when they are needed, and kept nowhere else. */
export async function readLocalCloud(dataFolder: string, principalName: string): Promise<LocalCloud> {
  const running = Running.parse(await jsonOf(join(dataFolder, 'running.json'), dataFolder));
  const directory = Directory.parse(await jsonOf(running.directoryFile, dataFolder));
  const names = directory.principals.map(({ name }) => name);
  const principal = directory.principals.find(({ name }) => name === principalName);
  if (principal === undefined) {
    const near = nearest(principalName, names);
    throw usage(
      `The local directory knows nobody called "${principalName}".`,
      near === undefined ? `It knows: ${names.join(', ')}.` : `Did you mean ${near}?`,
    );
  }
  return {
    endpoint: running.defaultResource,
    authorityHost: new URL(running.tokenEndpoint).origin,
    authorityFile: running.authorityFile,
    tenantId: directory.tenantId,
    principal,
  };
}

async function jsonOf(file: string, dataFolder: string): Promise<unknown> {
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    throw new Failure(exitCodes.failed, `No local cloud runs on ${dataFolder}.`, {
      cause: error,
      action: 'npm start brings it up; --data names another folder.',
    });
  });
  return JSON.parse(text) as unknown;
}
