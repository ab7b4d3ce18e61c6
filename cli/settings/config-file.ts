import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { usage } from '../failure';
import type { Surroundings } from '../surroundings';

/** What may stand in the configuration file. No secret does: how to sign in is written down, not with what. */
export const ConfigFile = z.strictObject({
  endpoint: z.url().optional(),
  audience: z.string().optional(),
  subscription: z.string().optional(),
  resourceGroup: z.string().optional(),
  vault: z.string().optional(),
  caFile: z.string().optional(),
  output: z.string().optional(),
  /** The data folder of a local cloud, and who of its directory to be. */
  local: z.strictObject({ dataFolder: z.string(), principal: z.string() }).optional(),
});
export type ConfigFile = z.infer<typeof ConfigFile>;

export function configPath({ environment, homeFolder }: Surroundings): string {
  const named = environment['LIFEBOAT_CONFIG'];
  if (named !== undefined && named !== '') return named;
  const base = environment['XDG_CONFIG_HOME'];
  return join(
    base !== undefined && base !== '' ? base : join(homeFolder, '.config'),
    'lifeboat',
    'config.json',
  );
}

export async function readConfig(around: Surroundings): Promise<ConfigFile> {
  const path = configPath(around);
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return '{}';
    throw usage(`${path} cannot be read: ${error.message}`);
  });
  try {
    return ConfigFile.parse(JSON.parse(text));
  } catch (error) {
    const reason =
      error instanceof z.ZodError ? z.prettifyError(error).replaceAll('\n', ' ') : 'it is not JSON';
    throw usage(
      `${path} cannot be understood: ${reason}`,
      'Correct the file, or remove it and sign in again.',
    );
  }
}

export async function writeConfig(around: Surroundings, config: ConfigFile): Promise<string> {
  const path = configPath(around);
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const beside = `${path}.new`;
  await writeFile(beside, `${JSON.stringify(config, null, 2)}\n`, { mode: 0o600 });
  await rename(beside, path);
  return path;
}
