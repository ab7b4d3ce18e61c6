import type { Sabotage } from '../../support/sabotage';

type Place = readonly [test: string, title: string, file: string];

function bug(name: string, [test, title, file]: Place, [text, becomes]: readonly [string, string]): Sabotage {
  return { name, test: `test/unit/protection/${test}.test.ts`, title, file: `shared/${file}`, text, becomes };
}

const start = 'service/protection/enable/start-replication.ts';
const check = 'service/protection/enable/check-prerequisites.ts';
const review = 'service/protection/review';
const group = 'service/protection/group';
const target = 'service/protection/enable/create-target.ts';

export const protectionSabotages: readonly Sabotage[] = [
  bug(
    'the target is left as it is',
    ['azure-target', 'A2 A3 A6', target],
    ["    if (item.scenario === 'A2A') await createPlaces(ports, cloud, { job, item });", ''],
  ),
  bug(
    'the group that was named is not taken',
    ['azure-target', 'A3 takes', target],
    ["textOf(given['recoveryResourceGroupId']) ?? ", ''],
  ),
  bug(
    'no agent is installed',
    ['azure-target', 'A2 A3 A6', 'service/protection/enable/prepare-agent.ts'],
    ['if (installedAtInMs === 0) await install(', 'if (installedAtInMs === -1) await install('],
  ),
  bug(
    'the agent is not looked for first',
    ['enable', 'D6 that fails', check],
    ['  if (feeder !== undefined) await checkHeard(ports, feeder);', ''],
  ),
  bug(
    'a network that is not there is taken',
    ['azure-target', 'D6 is refused', target],
    ['    await checkNamedNetwork(cloud, item);', ''],
  ),
  bug(
    'all disks are copied at once',
    ['enable', 'D8 B9', start],
    ['mayCopy: index === 0 || !isOneByOne(item)', 'mayCopy: true'],
  ),
  bug(
    'an item is finalized before every disk is copied',
    ['enable', 'D11', `${review}/review-item.ts`],
    ['if (isCopied(reviewed)) await startFinalize', 'await startFinalize'],
  ),
  bug(
    'disks that were not chosen are copied too',
    ['enable', 'X8', 'arm/items/disks-of.ts'],
    ['chosenDisks(provider) ?? reported.map(({ id }) => id)', 'reported.map(({ id }) => id)'],
  ),
  bug(
    'half a disk is not enough',
    ['steady-state', 'D13 is marked', 'model/resync/resync-rule.ts'],
    ['waitingBytes * 2 >= diskSizeBytes', 'waitingBytes * 2 > diskSizeBytes'],
  ),
  bug(
    'what may go is counted',
    ['steady-state', 'D13 is not', 'service/replica/report-status.ts'],
    ['  if (sealed <= durable) return 0;', '  if (sealed <= durable) return spooledBytes;'],
  ),
  bug(
    'a resync waits for no window',
    ['steady-state', 'D15', `${review}/tend-item.ts`],
    [' || !isInWindow(policy.resyncWindow, now)', ''],
  ),
  bug(
    'what is final is tried again',
    ['retries', 'D16 is a replica', 'service/answer-doorbell.ts'],
    ['isFinal: isRefusal(error, ...final)', 'isFinal: false'],
  ),
  bug(
    'a replica that is gone is passed over',
    ['retries', 'D16 is a replica', 'service/answer-doorbell.ts'],
    [
      'outcome.closed === undefined && record.applied !== null',
      'outcome.closed === undefined && record.applied === null',
    ],
  ),
  bug(
    'a source sends nothing while its target is out',
    ['retries', 'A5 may go', 'service/replica/admit-upload.ts'],
    ['    if (isRefusal(error)) throw error;', '    throw error;'],
  ),
  bug(
    'a broken chain is rung for',
    ['retries', 'D16 is a chain', 'service/upkeep/sweep-replicas.ts'],
    ["  if (resyncNeeded === 'corruptLog') return false;", ''],
  ),
  bug(
    'nobody misses a machine',
    ['retries', 'D16 is a machine', `${review}/item-health.ts`],
    ['    ...machineCauses(current, status),', ''],
  ),
  bug(
    'every retry waits a minute',
    ['retries', 'D17', 'service/answer-doorbell.ts'],
    ['now + backOffInMs(count)', 'now + backOffInMs(1)'],
  ),
  bug(
    'the rest between retries is an hour',
    ['retries', 'D17', 'model/back-off.ts'],
    ['30 * minuteInMs', '60 * minuteInMs'],
  ),
  bug(
    'a check that was asked for is not made',
    ['steady-state', 'X6', `${review}/validate-item.ts`],
    [' && asked <= validatedAtInMs', ''],
  ),
  bug(
    'a network that has gone is not named',
    ['azure-target', 'X6', `${review}/validate-item.ts`],
    [', ...(await checkTarget(office, item))', ''],
  ),
  bug(
    'the alert comes hours late',
    ['steady-state', 'X7', 'service/replica/health.ts'],
    ['ageInMs <= record.policy.rpoThresholdInMs', 'ageInMs <= 4 * record.policy.rpoThresholdInMs'],
  ),
  bug(
    'a disk that shrank is in order',
    ['steady-state', 'X10 is not', `${review}/item-health.ts`],
    ['    ...sizeCauses(known, status),', ''],
  ),
  bug(
    'each machine of a group cuts alone',
    ['groups', 'B11', 'service/agents/desired-markers.ts'],
    [
      'return isSettled && own?.replicaIds.join() === together.join() ? group : undefined;',
      'return isSettled && own === undefined ? group : undefined;',
    ],
  ),
  bug(
    'a group waits for a silent machine',
    ['groups', 'go on without one whose', `${group}/follow-group.ts`],
    ['  if (ports.clock.now() - status.saidAtMs > silenceLimitInMs) return undefined;', ''],
  ),
  bug(
    'a group has no end',
    ['groups', 'are sixteen', `${group}/enrol.ts`],
    ['group.enrolled.length < mostMachines', 'group.enrolled.length <= mostMachines'],
  ),
  bug(
    'a replica outlives its machine',
    ['disable', 'waits for the agent', 'service/protection/remove-replication.ts'],
    ['  for (const { replicaId } of item.disks) await ports.replicas.remove(replicaId, job);', ''],
  ),
  bug(
    'a used nonce is taken again',
    ['agent-face', 'that gives', 'service/agents/check-signature.ts'],
    ['  await nonces.use({ agentId, nonce, timeInMs: Number(time), isWeighty: request.isWeighty });', ''],
  ),
  bug(
    'any signature fits',
    ['agent-face', 'is refused with another', 'service/agents/check-signature.ts'],
    ['  if (!fits(text, signature, agent.publicKey)) throw unsigned();', ''],
  ),
  bug(
    'what is told in a line is shown all at once',
    ['told-in-order', 'I10 is done in', 'service/agents/desired-state.ts'],
    ['tasks: firstOfEachLine(wish.tasks)', 'tasks: wish.tasks'],
  ),
  bug(
    'what was told twice in a line is done twice',
    ['told-in-order', 'I10 is done once', 'service/sites/ask-site.ts'],
    ['last !== undefined && isSame(last, asked)', 'last?.taskId === asked.taskId'],
  ),
  bug(
    'what is told in a line is taken for wanted already',
    ['told-in-order', 'ends with what', 'service/sites/ask-site.ts'],
    ['    const last = before.at(-1);', '    const last = before.find((task) => isSame(task, asked));'],
  ),
  bug(
    'a storm of bells is heard out',
    ['agent-face', 'to ring 100,000', 'service/agents/answer-requests.ts'],
    ['  ports.allowance.take(agent.agentId, replicaIds.length);', ''],
  ),
  bug(
    'an agent that lies is believed',
    ['agent-face', 'that says more', `${review}/review-item.ts`],
    ['Math.min(99, Math.floor(', 'Math.max(99, Math.floor('],
  ),
  bug(
    'a vault that keeps nothing',
    ['soft-delete', 'keeps by', 'service/deleted/keep-deleted.ts'],
    ['  if (deleted === undefined) return false;', '  if (deleted?.hold === undefined) return false;'],
  ),
  bug(
    'what is always on is turned off',
    ['soft-delete', 'that is always on', 'arm/vaults/security-settings.ts'],
    ['  if (isTakenBack) {', '  if (isTakenBack && asked.immutable === true) {'],
  ),
  bug(
    'what lies dormant is swept',
    ['soft-delete', 'does no work', 'service/upkeep/sweep-replicas.ts'],
    ['    if (isDormant(record)) return;', ''],
  ),
  bug(
    'what lies dormant raises alarms',
    ['soft-delete', 'listens to', 'service/replica/health.ts'],
    ['  if (isDormant(record)) return [];', ''],
  ),
  bug(
    'a vault that keeps something is deleted',
    ['soft-delete', 'is not deleted while', 'service/catalogue/references.ts'],
    ["    { type: 'deletedProtectedItems', below: true },", ''],
  ),
  bug(
    'points age while they lie deleted',
    ['undelete', 'I9 leaves', 'model/soft-delete.ts'],
    ['    .filter(({ fromMs }) => timeInMs <= fromMs)', '    .filter(({ fromMs }) => timeInMs > fromMs)'],
  ),
  bug(
    'a changed policy forgets the time of deletion',
    ['undelete', 'I9 leaves', 'service/protection/policy-of.ts'],
    [', pauses: before?.pauses', ''],
  ),
  bug(
    'shared points are left to the others',
    ['undelete', 'I9 I11 of a group', 'service/deleted/keep-deleted.ts'],
    ['  if (isShared) await pinSharedPoints(replicas, item);', ''],
  ),
  bug(
    'shared points are never let go',
    ['undelete', 'I9 I11 of a group', 'service/deleted/purge-deleted.ts'],
    ['  await unpinSharedPoints(replicas, item);', ''],
  ),
  bug(
    'the day of the purge stays noted',
    ['undelete', 'I11 leaves', 'service/deleted/purge-deleted.ts'],
    ['  await forgetDue(records, purgeAtInMs, deletedItemId);', ''],
  ),
  bug(
    'a failed undeletion leaves its item',
    ['undelete', 'that fails on the way', 'service/deleted/undelete.ts'],
    ['  await removeItem(records, stored.resource);', ''],
  ),
  bug(
    'a mapping that is gone is not missed',
    ['undelete', 'is refused while', 'service/deleted/check-undelete.ts'],
    ['    mapping: item.mappingId,', '    mapping: item.policyId,'],
  ),
  bug(
    'pins of what was undeleted stay for ever',
    ['undelete', 'has the points that it shares', 'service/deleted/purge-due.ts'],
    ['  if (deleted === undefined) await unpin(', '  if (deleted !== undefined) await unpin('],
  ),
  bug(
    'an agent that speaks of a deleted disk is a liar',
    ['soft-delete', 'listens to', 'service/agents/take-status.ts'],
    ['record === undefined || isDormant(record)', 'record === undefined'],
  ),
];
