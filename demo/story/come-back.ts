import type { Guest } from '../guest';
import { north, west } from '../regions';
import { attachAgent, startGuest, untilProtected } from './protect';
import { compare, machine, seconds, type Stage } from './stage';
import { sayConsole, watched } from './fail-over';
import { pointSince } from './write';

const writesAway = 100;

interface Away {
  readonly machineId: string;
  /** What it was before the region was lost. */
  readonly priorId: string;
  readonly writes: number;
}

/** Protection turns round, the machine goes on writing where it is, and comes home without losing a write. */
export async function comeBack(stage: Stage, { machineId, priorId, writes }: Away): Promise<string> {
  const { screen, site, azure } = stage;
  screen.chapter('Protect it the other way round, and come home');
  const away = startGuest(stage, 'north', writes);
  // A guest of the local double has no network, so that no agent in it could reach anything: it is given its disk outside.
  away.takeDisk(await azure.contentOf(machineId));
  await attachAgent(stage, away, { region: north, machineId });
  const turnedInMs = Date.now();
  await watched(stage, () => site.turnRound(machine, west));
  await untilProtected(stage, north);
  screen.good(
    `${machine} is protected from ${north.location} to ${west.location} after ${seconds(turnedInMs)}; only what differs was sent`,
  );
  const home = await moveHome(stage, away);
  await site.commit(machine, north);
  const isGone = !(await azure.isThere(priorId));
  screen.say(isGone ? 'committed; the machine it once was in the lost region is removed' : 'committed');
  return home;
}

async function moveHome(stage: Stage, away: Guest): Promise<string> {
  const { screen, site, azure } = stage;
  await away.write(writesAway);
  const content = away.content();
  await pointSince(stage, north, Date.now());
  const startInMs = Date.now();
  await watched(stage, () => site.failOver(machine, north));
  const { report } = await site.evidence();
  screen.good(
    `${writesAway} more writes, shut down, and running in ${west.location} again after ${seconds(startInMs)}`,
  );
  sayConsole(stage, report);
  compare(stage, 'its disk', [
    [`source after ${away.writes} writes`, content],
    ['machine at home', await azure.contentOf(report.target.machineId)],
  ]);
  return report.target.machineId;
}
