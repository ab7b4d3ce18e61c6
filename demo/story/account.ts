import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { blockBytes, diskSizeBytes } from '../guest';
import { monthlyCost, total } from '../../cli/cost/monthly-cost';
import { listPrices } from '../../cli/cost/prices';
import { verifyEvidence } from '../../shared/contracts/evidence/sign-evidence';
import type { Stage } from './stage';

const [gibibyte, secondsInDay] = [2 ** 30, 86_400];

export interface Spent {
  readonly seconds: number;
  readonly writes: number;
  readonly logs: number;
}

/** What was proved, signed; and what it would have cost. */
export async function account(stage: Stage, spent: Spent): Promise<void> {
  const { screen, site, folder } = stage;
  screen.chapter('What was proved, and what it would have cost');
  const signed = await site.evidence();
  const file = join(folder, 'evidence.json');
  writeFileSync(file, JSON.stringify(signed, null, 2));
  const checked = verifyEvidence(signed);
  const { report } = signed;
  stage.isRight &&= checked.isGenuine;
  if (checked.isGenuine)
    screen.good(`evidence report, signed by the installation's key ${checked.publicKey.slice(0, 12)}...`);
  else screen.bad(checked.why);
  screen.say(
    `the way home, by ${report.kind} failover of ${report.machine}: source ${report.source}, target ${report.target.boot}`,
  );
  screen.say(`asked for by ${report.requestedBy}, which is the local cloud's owner`);
  const lost =
    report.point.rpoInMs === null ? 'a past point' : `RPO ${(report.point.rpoInMs / 1000).toFixed(1)} s`;
  screen.say(`${lost}: so much was lost; RTO ${(report.rtoInMs / 1000).toFixed(1)} s: so long it took`);
  for (const disk of report.disks) screen.say(`disk ${disk.name}: sha-256 ${disk.targetSha256}`);
  sayCost(stage, spent);
}

/** The machine's writes and its real change logs, as if it went on like that for a month, around the clock. */
function sayCost({ screen }: Stage, { seconds, writes, logs }: Spent): void {
  const lines = monthlyCost(
    {
      ...{ machines: 1, disksPerMachine: 1, retentionHours: 24, testHours: 0 },
      usedGiB: diskSizeBytes / 2 / gibibyte,
      churnGiBPerDay: (writes * blockBytes * secondsInDay) / gibibyte / seconds,
      sealIntervalInSeconds: seconds / Math.max(1, logs),
    },
    listPrices,
  );
  const month = total(lines);
  const shared = total(lines.filter(({ what }) => what === 'function memory' || what === 'messages'));
  screen.say(
    `${writes} writes, in ${logs} change logs, within ${seconds.toFixed(0)} s: at that pace around the clock Azure would ask ${month.toFixed(2)} USD a month`,
  );
  screen.say(
    `(${shared.toFixed(2)} of it once for all machines; Site Recovery's fee for a machine, without its storage: ${listPrices.siteRecoveryMachine} USD; \`node dist/cli/main.js cost\` is for yours)`,
  );
}
