import { createHash, timingSafeEqual } from 'node:crypto';
import { renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { parseJsonText, readIfPresent } from './parse-json-file';

const Keys = z.looseObject({
  masterKey: z.string().min(8),
  hostKeys: z.record(z.string(), z.string().min(8)),
  systemKeys: z.record(z.string(), z.string().min(8)),
  functionKeys: z.record(z.string(), z.record(z.string(), z.string().min(8))),
});
export type Keys = z.infer<typeof Keys>;

const systemKeyNames = ['durabletask_extension', 'eventgrid_extension'];

export interface KeyStore {
  readonly keys: Keys;
  /** May this key call a function that wants a function key? */
  opensFunction(functionName: string, key: string): boolean;
  isMaster(key: string): boolean;
  /** Is it this extension's system key, or the master key? */
  opensSystem(extension: string, key: string): boolean;
  systemKey(extension: string): string;
}

/** The keys of one host, in keys.json of the data folder. Made on the first start, missing ones are added later. */
export function openKeyStore(
  dataFolder: string,
  functionNames: readonly string[],
  newKey: () => string,
): KeyStore {
  const file = path.join(dataFolder, 'keys.json');
  const text = readIfPresent(file);
  const stored =
    text === undefined
      ? { masterKey: newKey(), hostKeys: {}, systemKeys: {}, functionKeys: {} }
      : parseJsonText(path.join(dataFolder, 'keys.json'), text, Keys);
  const keys = complete(stored, functionNames, newKey);
  if (JSON.stringify(keys) !== text?.trim()) save(file, keys);

  const functionKeys = (name: string): string[] => Object.values(keys.functionKeys[name.toLowerCase()] ?? {});
  return {
    keys,
    isMaster: (key) => equal(key, [keys.masterKey]),
    opensFunction: (name, key) =>
      equal(key, [keys.masterKey, ...Object.values(keys.hostKeys), ...functionKeys(name)]),
    opensSystem: (extension, key) => equal(key, [keys.masterKey, ...optional(keys.systemKeys[extension])]),
    systemKey: (extension) => keys.systemKeys[extension] ?? keys.masterKey,
  };
}

function complete(stored: Keys, functionNames: readonly string[], newKey: () => string): Keys {
  const systemKeys = { ...stored.systemKeys };
  for (const name of systemKeyNames) systemKeys[name] ??= newKey();
  const functionKeys = { ...stored.functionKeys };
  for (const name of functionNames) functionKeys[name.toLowerCase()] ??= { default: newKey() };
  const hostKeys = { ...stored.hostKeys };
  hostKeys['default'] ??= newKey();
  return { ...stored, hostKeys, systemKeys, functionKeys };
}

/** Beside and renamed, so that a crash leaves the old file or the new one. */
function save(file: string, keys: Keys): void {
  writeFileSync(`${file}.new`, JSON.stringify(keys), { mode: 0o600 });
  renameSync(`${file}.new`, file);
}

/** Compares digests, so that neither length nor content shows in the time it takes. */
function equal(key: string, candidates: readonly string[]): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  const given = digest(key);
  return candidates.filter((candidate) => timingSafeEqual(given, digest(candidate))).length > 0;
}

function optional(value: string | undefined): readonly string[] {
  return value === undefined ? [] : [value];
}
