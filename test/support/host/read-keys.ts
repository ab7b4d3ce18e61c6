import { readFileSync } from 'node:fs';
import path from 'node:path';
import { type Keys } from '../../../local/host/config/key-store';

/** The keys of the host with this data folder. */
export function readKeys(dataFolder: string): Keys {
  return JSON.parse(readFileSync(path.join(dataFolder, 'keys.json'), 'utf8')) as Keys;
}
