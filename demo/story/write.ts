import type { RecoveryPoint } from '@azure/arm-recoveryservices-siterecovery';
import type { Guest } from '../guest';
import { openPoint } from '../open-point';
import { type Region, west } from '../regions';
import { until } from '../until';
import { compare, machine, type Remembered, seconds, type Stage } from './stage';

const rounds = 3;
const writesPerRound = 200;

/** Writes, remembers what the disk held, kills the service in the middle, and waits for points of each moment. */
export async function write(stage: Stage, guest: Guest): Promise<readonly Remembered[]> {
  const { screen } = stage;
  screen.chapter('Write, and kill the service in the middle');
  const remembered: Remembered[] = [];
  for (let round = 1; round <= rounds; round++) {
    await guest.write(writesPerRound);
    const moment = { afterWrites: guest.writes, atMs: Date.now(), content: guest.content() };
    remembered.push(moment);
    if (round === 2) await killTheService(stage);
    const point = await pointSince(stage, west, moment.atMs);
    screen.say(
      `${guest.writes} writes so far; newest recovery point ${timeOf(point)} (${point.properties?.recoveryPointType})`,
    );
  }
  return remembered;
}

async function killTheService({ screen, cloud }: Stage): Promise<void> {
  const killedInMs = Date.now();
  const pid = cloud.supervisor.status().find(({ name }) => name === 'host')?.pid;
  await cloud.supervisor.kill('host');
  await cloud.supervisor.serving('host', pid);
  screen.say(`kill -9 of the Functions host; it serves again after ${seconds(killedInMs)}`);
}

/** Opens the first point after each moment, beside the service, and compares it; says how many change logs there were by the last. */
export async function comparePoints(stage: Stage, remembered: readonly Remembered[]): Promise<number> {
  stage.screen.chapter('Open recovery points and compare every byte');
  let logs = 0;
  for (const { afterWrites, atMs, content } of remembered) {
    const point = await pointSince(stage, west, atMs);
    const opened = await openPoint(stage.cloud, point.name ?? '');
    logs = opened.logs;
    compare(stage, `after ${afterWrites} writes`, [
      ['source', content],
      ['recovery point', opened.content],
    ]);
  }
  return logs;
}

/** The first recovery point since then. If nobody wrote meanwhile, it holds what the disk held then. */
export async function pointSince(
  { site, screen }: Stage,
  region: Region,
  atMs: number,
): Promise<RecoveryPoint> {
  const startInMs = Date.now();
  return until('a recovery point', async () => {
    const waited = (Date.now() - startInMs) / 1000;
    screen.progress(`waiting for a recovery point, ${waited.toFixed(0)} s`, waited / 4);
    const since = (await site.points(machine, region)).filter((point) => timeInMs(point) >= atMs);
    return since.toSorted((left, right) => timeInMs(left) - timeInMs(right))[0];
  });
}

function timeInMs(point: RecoveryPoint): number {
  return point.properties?.recoveryPointTime?.getTime() ?? 0;
}

export function timeOf(point: RecoveryPoint): string {
  return point.properties?.recoveryPointTime?.toISOString().slice(11, 23) ?? '';
}
