import type { ASRTask } from '@azure/arm-recoveryservices-siterecovery';
import type { EvidenceReport } from '../../shared/contracts/evidence/evidence-report';
import type { Guest } from '../guest';
import { north, west } from '../regions';
import { until } from '../until';
import { compare, machine, type Remembered, seconds, type Stage } from './stage';
import { pointSince, timeOf } from './write';

/** The source is lost. The machine starts in the other region as it was at a second that somebody chose; its id. */
export async function failOver(stage: Stage, guest: Guest, chosen: Remembered): Promise<string> {
  const { screen, site, azure } = stage;
  screen.chapter('Lose the region, and fail over to a chosen second');
  const point = await pointSince(stage, west, chosen.atMs);
  await guest.kill();
  screen.say(
    `kill -9 of the agent: ${west.location} is lost, and the last ${guest.writes - chosen.afterWrites} writes were a mistake anyway`,
  );
  const startInMs = Date.now();
  const tasks = await watched(stage, () => site.failOver(machine, west, point.id ?? ''));
  screen.good(
    `runs in ${north.location} as it was at ${timeOf(point)}, ${seconds(startInMs)} after the request`,
  );
  screen.say(`tasks: ${tasks.join(', ')}`);
  const { report } = await site.evidence();
  sayConsole(stage, report);
  const content = await azure.contentOf(report.target.machineId);
  compare(stage, 'its disk', [
    [`source after ${chosen.afterWrites} writes`, chosen.content],
    ['recovered machine', content],
  ]);
  await site.commit(machine, west);
  screen.say('committed');
  return report.target.machineId;
}

/** Shows how far a job is where somebody looks on, and says its tasks at the end. */
export async function watched(stage: Stage, work: () => Promise<void>): Promise<readonly string[]> {
  let hasEnded = false;
  const ending = work().finally(() => (hasEnded = true));
  if (stage.screen.isTerminal) {
    await until('the end of the job', async () => {
      const tasks = await tasksOf(stage);
      const isOver = tasks.filter(({ state }) => state !== 'InProgress' && state !== 'NotStarted').length;
      const now = tasks.find(({ state }) => state === 'InProgress')?.friendlyName ?? '';
      stage.screen.progress(now, tasks.length === 0 ? 0 : isOver / tasks.length);
      return hasEnded ? true : undefined;
    });
  }
  await ending;
  return (await tasksOf(stage)).map(nameOf);
}

async function tasksOf({ site }: Stage): Promise<readonly ASRTask[]> {
  return (await site.newestJob())?.properties?.tasks ?? [];
}

/** The last lines of the machine's serial console, if there was anything to boot it with. */
export function sayConsole({ screen }: Stage, { target }: EvidenceReport): void {
  const lines = target.consoleTail.split(/\r?\n/).filter((line) => line.trim() !== '');
  if (lines.length === 0) return screen.say('not booted: QEMU is not installed, or was not quick enough');
  for (const line of lines.slice(-3)) screen.say(`console | ${line}`);
}

/** What was not simply done says so. */
function nameOf({ friendlyName = '', state, stateDescription }: ASRTask): string {
  return state === 'Succeeded' ? friendlyName : `${friendlyName} (${stateDescription ?? state})`;
}
