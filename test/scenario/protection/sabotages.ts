import { type Sabotage, stackBug as bug } from '../../support/sabotage';

const target = ['protection/azure-target', 'A2 A3 A4 A6 X6'] as const;
const azure = ['protection/azure', 'A8 X8 X9'] as const;
const outage = ['protection/outage', 'D15 D16 D17 X6 X7'] as const;
const own = ['protection/agent-process', 'A5 A7 B9 B12'] as const;
const hyperV = ['protection/hyper-v', 'D5 D6 D7 D11'] as const;
const classic = ['protection/vmware', 'B8 C1'] as const;
const group = ['protection/vmware-group', 'B11'] as const;
const cloud = ['site/secondary-site', 'F3'] as const;
const sites = ['site/secondary-site', 'F1 F4 F5'] as const;
const createTarget = 'shared/service/protection/enable/create-target.ts';
const start = 'shared/service/protection/enable/start-replication.ts';
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
  bug('A4: both ways are mapped from the network that the request was sent to', target, [
    'shared/arm/table/networks.ts',
    "typeof details['primaryNetworkId'] === 'string' ? details['primaryNetworkId'] : (parent?.id ?? '')",
    "parent?.id ?? ''",
  ]),
  bug('A5: a source rests while its target is behind', own, [
    'agent/ship/shipper.ts',
    'for (let last = disk.uploaded; !this.isCacheFull;) {',
    'for (let last = disk.uploaded; disk.uploaded <= (disk.spool.logs[0]?.sequence ?? 0) + 2;) {',
  ]),
  bug('A6: no agent is installed', target, [
    'shared/service/protection/enable/prepare-agent.ts',
    'if (installedAtInMs === 0) await install(',
    'if (installedAtInMs === -1) await install(',
  ]),
  bug('A7: a second door is opened, to the network', own, [
    'agent/nbd/server.ts',
    '  await listening(server, listen);',
    '  await listening(server, listen); createServer().listen(0);',
  ]),
  bug('A8: points come closer than the policy says', azure, [
    'agent/run/marker-schedule.ts',
    '    this.#crashDueInMs = nowInMs + crashIntervalInMs;',
    '    this.#crashDueInMs = nowInMs + 0.9 * crashIntervalInMs;',
  ]),
  bug('B8: a machine is protected under a policy that its container does not have', classic, [
    'shared/arm/items/enable-protection.ts',
    'if (isSameResource(other, policy.id) && isOfScenario) return resource;',
    'if (isOfScenario) return resource;',
  ]),
  bug('B9: an item is finalized before every disk is copied', own, [
    `${review}/review-item.ts`,
    'if (isCopied(reviewed)) await startFinalize',
    'await startFinalize',
  ]),
  bug('B11: the machines of a group are not held while it cuts', group, [
    'agent/markers/group/marker-part.ts',
    'await Promise.all(this.#options.disks.map((disk) => disk.capture.hold()));',
    'await Promise.resolve();',
  ]),
  bug('C1: a physical server is not listed', classic, [
    'shared/service/agents/note-site.ts',
    'if (known.agentId === agent.agentId) own.push(machine);',
    'if (known.agentId === agent.agentId && machine.isPhysical !== true) own.push(machine);',
  ]),
  bug('D3: what waits in the spool can be read', own, [
    'agent/stream/plain-sealer.ts',
    'this.cipher.seal(bytes)',
    '[bytes]',
  ]),
  bug('D5: a changed policy is not followed', hyperV, [
    `${review}/tend-item.ts`,
    'const pace = paceOf(policy);',
    'const pace = {};',
  ]),
  bug('D6: a network that is not there is taken', hyperV, [
    createTarget,
    '    await checkNamedNetwork(cloud, item);',
    '',
  ]),
  bug('D7: a job shows no tasks', hyperV, [
    'shared/arm/jobs/present-job.ts',
    'tasks: brief ? [] : job.tasks.map(presentTask)',
    'tasks: brief ? job.tasks.map(presentTask) : []',
  ]),
  bug('D8: all disks are copied at once', own, [
    'shared/service/protection/enable/start-replication.ts',
    'mayCopy: index === 0 || !isOneByOne(item)',
    'mayCopy: true',
  ]),
  bug('D9: what is written during the first copy is not logged', own, [
    'agent/replica/protected-disk.ts',
    '    this.capture.startCapturing();\n    this.#toCopyBytes',
    '    this.#toCopyBytes',
  ]),
  bug('D10: what is in the replica stays in the spool', own, [
    'agent/replica/protected-disk.ts',
    'await this.#spool.freeThrough(durableSequence - 1);',
    'await this.#spool.freeThrough(0);',
  ]),
  bug('D11: an item is protected as soon as its copy has begun', hyperV, [
    start,
    "await happenTo(ports.records, job.itemId, 'copyStarted');",
    "await happenTo(ports.records, job.itemId, 'copyStarted'); await happenTo(ports.records, job.itemId, 'initialCopyDone');",
  ]),
  bug('D12: what was written and not sealed is forgotten', own, [
    'agent/replica/protected-disk.ts',
    '    this.#doubtUnsealed();',
    '',
  ]),
  bug('D13: a third of a disk is enough', own, [
    'shared/model/resync/resync-rule.ts',
    'waitingBytes * 2 >= diskSizeBytes',
    'waitingBytes * 3 >= diskSizeBytes',
  ]),
  bug('D14: a resync sends what is equal too', azure, [
    'agent/copy/compare-blocks.ts',
    '.digest().equals(digest)',
    '.digest().equals(digest.subarray(1))',
  ]),
  bug('D15: a resync waits for no window', outage, [
    `${review}/tend-item.ts`,
    ' || !isInWindow(policy.resyncWindow, now)',
    '',
  ]),
  bug('D16: nobody misses a machine', outage, [
    `${review}/item-health.ts`,
    '    ...machineCauses(current, status),',
    '',
  ]),
  bug('D16: what is final is tried again', outage, [
    'shared/service/answer-doorbell.ts',
    'isFinal: isRefusal(error, ...final)',
    'isFinal: false',
  ]),
  bug('D17: every retry waits a minute', outage, [
    'shared/service/answer-doorbell.ts',
    'now + backOffInMs(count)',
    'now + backOffInMs(1)',
  ]),
  bug('F3: the machines of a cloud go on by the policy that they came with', cloud, [
    `${review}/tend-item.ts`,
    'const pace = paceOf(policy);',
    'const pace = {};',
  ]),
  bug('F4: what is written after the first copy does not go over', sites, [
    'agent/capture/disk-capture.ts',
    'else this.#openLog.append(range, place, clock.now());',
    'else clock.now();',
  ]),
  bug('X6: the validator comes an hour early', outage, [
    `${review}/validate-item.ts`,
    'const validatedEveryInMs = 12 * 3_600_000;',
    'const validatedEveryInMs = 11 * 3_600_000;',
  ]),
  bug('X6: a network that has gone is not named', target, [
    `${review}/validate-item.ts`,
    ', ...(await checkTarget(office, item))',
    '',
  ]),
  bug('X7: the alert comes a millisecond early', outage, [
    'shared/service/replica/health.ts',
    'ageInMs <= record.policy.rpoThresholdInMs',
    'ageInMs < record.policy.rpoThresholdInMs',
  ]),
  bug('X8: disks that were not chosen are copied too', azure, [
    'shared/arm/items/disks-of.ts',
    'chosenDisks(provider) ?? reported.map(({ id }) => id)',
    'reported.map(({ id }) => id)',
  ]),
  bug('X9: a disk that was removed is kept', azure, [
    'shared/service/protection/change-disks.ts',
    'for (const { replicaId } of gone) await ports.replicas.remove(replicaId, job.jobId);',
    '',
  ]),
  bug('X9: every point is said to be of all disks', azure, [
    `${review}/mirror-points.ts`,
    'diskIds: own.map(({ id }) => id)',
    'diskIds: item.disks.map(({ id }) => id)',
  ]),
  bug('X10: a disk that grew is not followed', azure, [
    `${review}/review-item.ts`,
    '  await followGrowth(office, reviewed);',
    '',
  ]),
];
