import { type Sabotage, stackBug as bug } from '../support/sabotage';
import { protectionStackSabotages } from './protection/sabotages';

const failover = 'shared/service/failover';
const azure = ['failover/azure', 'A9 A10 is tested'] as const;
const hyperV = ['failover/hyper-v', 'X5 D18 D20'] as const;
const classic = ['failover/classic', 'B13 B15 B16'] as const;
const appliance = ['failover/appliance', 'B13 B15 I6 I10'] as const;
const planned = ['site/secondary-site', 'F1 F4 F5'] as const;
const chosen = ['site/secondary-site', 'B5 E1 E2'] as const;

/** One bug at least for each scenario's whole way: there, to another point, home, and protected again. */
export const stackSabotages: readonly Sabotage[] = [
  ...protectionStackSabotages,
  bug('another point is taken than the one that was asked for', azure, [
    `${failover}/choose-point.ts`,
    'const moment = recovery.moment ?? recorded(await latestMoment(ports, job, item));',
    'const moment = recorded(await latestMoment(ports, job, item));',
  ]),
  bug('what the machine ran on before it came back is left there', azure, [
    `${failover}/commit-failover.ts`,
    'await ports.sources.remove(prior, { withDisks: true });',
    '',
  ]),
  bug('the recovered machine stays when its user goes home', hyperV, [
    `${failover}/commit-failover.ts`,
    'if (!isLeft) await removeTarget(ports, job, away);',
    '',
  ]),
  bug('a test is cleaned up, and its machine stays', hyperV, [
    `${failover}/clean-up-test.ts`,
    'await removeTarget(ports, job, test);',
    '',
  ]),
  bug('the machine at home is not started', classic, [
    `${failover}/target/site-target.ts`,
    "option === 'CreateVmIfNotFound' ? 'createMachine' : 'startMachine'",
    "option === 'CreateVmIfNotFound' ? 'createMachine' : 'shutDownMachine'",
  ]),
  bug('all blocks go home, also those that are there', classic, [
    'agent/restore/bring-over.ts',
    'if (isSame(digestOf(block), digest)) return;',
    '',
  ]),
  bug('the old point of a changed failover is kept', appliance, [
    `${failover}/change-point.ts`,
    'next === undefined ? {} : { recoveries: { ...others, real: next } },',
    '({ recoveries: others }),',
  ]),
  bug('the way home brings what the replica held before', appliance, [
    `${failover}/turn/come-back.ts`,
    'await feedFrom(ports, { itemId, item, job: `${job.jobId}/reverse` }, source);',
    '',
  ]),
  bug('the other site starts from nothing, though it has an old copy', planned, [
    `${failover}/turn/turn-between-sites.ts`,
    'const known = before?.keeperId === keeperId ? before.replicaIds[disk.id] : undefined;',
    'const known = undefined as string | undefined;',
  ]),
  bug('the master target that was chosen is not asked', chosen, [
    `${failover}/turn/turn-between-sites.ts`,
    "const [masterTargetId] = textsOf(provider?.['masterTargetId']);",
    'const masterTargetId = undefined as string | undefined;',
  ]),
];
