import { type Sabotage, stackBug as bug } from '../../support/sabotage';

const target = ['protection/azure-target', 'A2 A3 A4 A6 X6'] as const;
const outage = ['protection/outage', 'D16 D17 X7'] as const;
const own = ['protection/agent-process', 'A5 A7 B9 B12'] as const;
const createTarget = 'shared/service/protection/enable/create-target.ts';
const review = 'shared/service/protection/review';

/** What each life of a protected machine proves, row by row of the mission. */
export const protectionStackSabotages: readonly Sabotage[] = [
  bug('A2: the target is left as it is', target, [
    createTarget,
    "    if (item.scenario === 'A2A') await createPlaces(ports, cloud, { job, item });",
    '',
  ]),
  bug('A3: the group that was named is not taken', target, [
    createTarget,
    "textOf(given['recoveryResourceGroupId']) ?? ",
    '',
  ]),
  bug('A6: no agent is installed', target, [
    'shared/service/protection/enable/prepare-agent.ts',
    'if (installedAtInMs === 0) await install(',
    'if (installedAtInMs === -1) await install(',
  ]),
  bug('X6: a network that has gone is not named', target, [
    `${review}/validate-item.ts`,
    ', ...(await checkTarget(office, item))',
    '',
  ]),
  bug('D8: all disks are copied at once', own, [
    'shared/service/protection/enable/start-replication.ts',
    'mayCopy: index === 0 || !isOneByOne(item)',
    'mayCopy: true',
  ]),
  bug('B9: an item is finalized before every disk is copied', own, [
    `${review}/review-item.ts`,
    'if (isCopied(reviewed)) await startFinalize',
    'await startFinalize',
  ]),
  bug('D13: a third of a disk is enough', own, [
    'shared/model/resync/resync-rule.ts',
    'waitingBytes * 2 >= diskSizeBytes',
    'waitingBytes * 3 >= diskSizeBytes',
  ]),
  bug('D17: every retry waits a minute', outage, [
    'shared/service/answer-doorbell.ts',
    'now + backOffInMs(count)',
    'now + backOffInMs(1)',
  ]),
  bug('D16: what is final is tried again', outage, [
    'shared/service/answer-doorbell.ts',
    'isFinal: isRefusal(error, ...final)',
    'isFinal: false',
  ]),
  bug('X7: the alert comes a millisecond early', outage, [
    'shared/service/replica/health.ts',
    'ageInMs <= record.policy.rpoThresholdInMs',
    'ageInMs < record.policy.rpoThresholdInMs',
  ]),
  bug(
    'D5: a changed policy is not followed',
    ['protection/hyper-v', 'D5 D6 D7 D11'],
    [`${review}/tend-item.ts`, 'const pace = paceOf(policy);', 'const pace = {};'],
  ),
  bug(
    'X10: a disk that grew is not followed',
    ['protection/azure', 'A8 X8 X9'],
    [`${review}/review-item.ts`, '  await followGrowth(office, reviewed);', ''],
  ),
  bug(
    'X8: disks that were not chosen are copied too',
    ['protection/azure', 'A8 X8 X9'],
    [
      'shared/arm/items/disks-of.ts',
      'chosenDisks(provider) ?? reported.map(({ id }) => id)',
      'reported.map(({ id }) => id)',
    ],
  ),
];
