import { join, relative, resolve } from 'node:path';
import { north, subscription, west } from '../regions';
import { attachAgent, startGuest, untilProtected } from './protect';
import { machine, type Stage } from './stage';

/** The story ends as it began: the machine is at home, and protected. */
export async function protectAgain(stage: Stage, machineId: string, writes: number): Promise<void> {
  const { screen, site, azure } = stage;
  screen.chapter('Protect it again where it was');
  const guest = startGuest(stage, 'home', writes);
  guest.takeDisk(await azure.contentOf(machineId));
  await attachAgent(stage, guest, { region: west, machineId });
  await site.turnRound(machine, north);
  await untilProtected(stage, west);
  screen.good(`${machine} is protected from ${west.location} to ${north.location} again`);
}

/** Says what can be tried now, each a command that works as it stands, and waits for Ctrl-C. */
export async function keepRunning({ screen, cloud, folder, site }: Stage): Promise<void> {
  const program = relative(process.cwd(), resolve(__dirname, '..', '..', 'cli', 'main.js'));
  screen.title('Everything keeps running until Ctrl-C. In another terminal:');
  for (const line of [
    `export LIFEBOAT_CONFIG=${join(folder, 'cli.json')}`,
    `node ${program} login --local --data ${join(folder, 'cloud')} --subscription ${subscription}`,
    `node ${program} status`,
    `node ${program} points ${machine}`,
    `node ${program} test ${machine}`,
    `node ${program} test ${machine} --cleanup`,
    `node ${program} jobs list`,
    `node ${program} verify ${join(folder, 'evidence.json')}`,
    `node ${program} doctor`,
    `curl --silent --cacert ${cloud.facts['authority.file'] ?? ''} ${site.endpoint}/api/health`,
    `node ${program} page`,
  ]) {
    screen.say(line);
  }
  await new Promise<void>((done) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const)
      process.removeAllListeners(signal).once(signal, done);
  });
}
