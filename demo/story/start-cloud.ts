import { join, resolve } from 'node:path';
import { builtParts, type Cloud, freePorts, startCloud } from '../../local/cloud';
import type { Screen } from '../screen';
import { trust } from '../trust';
import { seconds } from './stage';

/** The same programs and the same supervisor as `npm start`, on free ports. */
export async function startTheCloud(screen: Screen, dataFolder: string): Promise<Cloud> {
  screen.chapter('A cloud on this machine');
  const startInMs = Date.now();
  const root = resolve(__dirname, '..', '..', '..');
  const programs = join(root, 'dist', 'local');
  const parts = builtParts(programs);
  screen.progress(`starting ${parts.length} servers`, 0.5);
  const cloud = await startCloud({
    declarationFile: join(root, 'local.cloud.json'),
    ...{ dataFolder, programs, parts },
    ports: await freePorts(),
    onLine: () => undefined,
    say: () => undefined,
  });
  trust(cloud.facts['authority.file'] ?? '');
  screen.say(`${parts.join(', ')}: up after ${seconds(startInMs)}, on 127.0.0.1 only`);
  return cloud;
}
