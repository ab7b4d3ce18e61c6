import { readFileSync } from 'node:fs';
import path from 'node:path';

/** host.json of the sample app. */
export const sampleHostFile = JSON.parse(
  readFileSync(path.resolve(__dirname, '../../sample-app/host.json'), 'utf8'),
) as object;
