import path from 'node:path';
import { HostError } from '../host-error';
import { type HostConfiguration, parseHostFile } from './host-file';
import { parseLocalSettings } from './local-settings';
import { readIfPresent } from './parse-json-file';

/** host.json of the app. */
export function loadHostFile(appFolder: string): HostConfiguration {
  const text = readIfPresent(path.join(appFolder, 'host.json'));
  if (text === undefined) throw new HostError(`host.json: is missing in ${appFolder}.`);
  return parseHostFile(text);
}

/** Puts the values of local.settings.json into the environment. What is already there wins. */
export function applyLocalSettings(appFolder: string, environment: NodeJS.ProcessEnv): void {
  const text = readIfPresent(path.join(appFolder, 'local.settings.json'));
  if (text === undefined) return;
  for (const [name, value] of Object.entries(parseLocalSettings(text))) environment[name] ??= value;
}
