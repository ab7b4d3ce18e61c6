import { existsSync } from 'node:fs';
import { randomBytes } from 'node:crypto';
import { readFile, rename, writeFile } from 'node:fs/promises';
import { z } from 'zod';

const Secrets = z.record(z.string(), z.string().min(1));

/** The keys and passwords of one data folder: made at the first start, kept in a file that only its owner can read. */
export async function openSecrets(file: string, names: readonly string[]): Promise<Record<string, string>> {
  const known = existsSync(file) ? await readSecrets(file) : {};
  const missing = names.filter((name) => known[name] === undefined);
  if (missing.length === 0) return known;
  // 64 bytes, base64: the form of Azure's own account keys.
  const made = missing.map((name) => [name, randomBytes(64).toString('base64')]);
  const all = { ...known, ...(Object.fromEntries(made) as Record<string, string>) };
  await writeFile(`${file}.new`, `${JSON.stringify(all, null, 2)}\n`, { mode: 0o600 });
  await rename(`${file}.new`, file);
  return all;
}

async function readSecrets(file: string): Promise<Record<string, string>> {
  try {
    return Secrets.parse(JSON.parse(await readFile(file, 'utf8')));
  } catch (error) {
    throw new Error(`The secrets of this data folder, ${file}, cannot be read`, { cause: error });
  }
}
