import type { AgentRules } from '../agent-rules';

/** One rule of the protocol, switched off by one line. */
export interface Sabotage {
  readonly name: string;
  /** A line of production code, exactly as it stands, and what replaces it. If it no longer stands there, the run fails. */
  readonly code?: { readonly file: string; readonly text: string; readonly becomes: string };
  /** Or a rule that the simulation's agent forgets. */
  readonly rule?: keyof AgentRules;
  /** The first seed that catches it, as the last whole run found it. */
  readonly firstSeed: number;
}

function code(
  name: string,
  firstSeed: number,
  file: string,
  [text, becomes]: readonly [string, string],
): Sabotage {
  return { name, firstSeed, code: { file: `shared/${file}`, text, becomes } };
}

function rule(name: string, firstSeed: number, broken: keyof AgentRules): Sabotage {
  return { name, firstSeed, rule: broken };
}

const drain = 'service/drain-replica.ts';
const settle = 'service/settle-drain.ts';
const apply = 'service/apply-extents.ts';
const applyLog = 'service/logs/apply-log.ts';
const verified = 'service/logs/verified-log.ts';
const startEpoch = 'service/epochs/start-epoch.ts';
const settlePoint = 'service/points/settle-point.ts';
const announce = 'service/points/announce-point.ts';
const removePoint = 'service/points/remove-point.ts';
const tidy = 'service/upkeep/tidy-snapshots.ts';
const status = 'service/replica/report-status.ts';

export const sabotages: readonly Sabotage[] = [
  code('the place of a log is not checked', 15, verified, ['  expectPlace(log.header, place);', '']),
  code('the disk is closed before the pages are written', 1, applyLog, [
    'await applyExtents(disk, log, { atNumber,',
    'await applyExtents(disk, log, { atNumber: (await disk.raise(closedNumber(nextPosition(at)))).number,',
  ]),
  code('pages are written whatever the number', 238, apply, [
    'await disk.write(extent, atNumber);',
    'await disk.write(extent, (await disk.state()).number);',
  ]),
  code('writes are not folded', 1, apply, [
    '  yield* fold(extents);',
    '  const merger = new RunMerger(); for (const extent of extents) yield* merger.push(extent); yield* merger.end();',
  ]),
  code('what was read ahead is used wherever the disk is', 899, 'service/logs/log-searches.ts', [
    'isSame(ahead.place, place) && ',
    '',
  ]),
  code('a log is freed before it is durable', 1, drain, [
    '  draining.passed.push(...(head.log?.names ?? []));',
    '  for (const log of head.log?.names ?? []) await ports.cache.remove(log);',
  ]),
  code('a marker is held only by the worker that applied its log', 23, drain, [
    '    draining.head = search.head;',
    '    draining.head = { position: at, digest: search.head.digest };',
  ]),
  code('a lost chain head is not asked for', 14, drain, [
    "if (search.kind === 'missing') return { position: at, attempt: search.attempt, faults: search.faults };",
    "if (search.kind === 'missing') return 'end';",
  ]),
  code('durable without a barrier', 1, settle, ['  await ports.barrier.pass();', '']),
  code('durable is one log too far', 1, settle, [
    'durable: laterOf(current.durable, closed),',
    'durable: { epoch: closed.epoch, sequence: closed.sequence + 1 },',
  ]),
  code('bad logs are asked for for ever', 190, settle, [
    'missing.faults.length >= ports.measures.attemptLimit;',
    'missing.faults.length < 0;',
  ]),
  code('the sweep frees the chain head', 1, 'service/upkeep/free-logs.ts', [
    'comparePositions(log, durable) < 0',
    'comparePositions(log, durable) <= 0',
  ]),
  code('a fence without its tag', 4, startEpoch, [', sequence: 0 }), baseEtag);', ', sequence: 0 }));']),
  code('an epoch without a barrier', 4, startEpoch, ['  await ports.barrier.pass();', '']),
  code('a new epoch takes its own container away', 1, startEpoch, [
    'if (older.epoch < epoch)',
    'if (older.epoch <= epoch)',
  ]),
  code('numbers of dead epochs are taken again', 4, startEpoch, [
    'Math.max(newest?.epoch ?? 0, at.epoch) + 1',
    'at.epoch + 1',
  ]),
  code('a replica without a barrier', 12, 'service/replica/create-replica.ts', [
    '  await ports.barrier.pass();',
    '',
  ]),
  code('the container is not made again after the cache died', 14, 'service/replica/admit-upload.ts', [
    '  if (isSure) await ports.cache.createEpoch(replicaId, epoch);',
    '',
  ]),
  code('a point is whole when one member holds it', 9, settlePoint, [
    'manifest.members.every((member)',
    'manifest.members.some((member)',
  ]),
  code('a point is told of before it is durable', 2, announce, ['    await ports.barrier.pass();', '']),
  code("the RPO goes by the source's clock", 3, announce, [
    'lastPoint: isNewer ? { pointId, seenServiceTimeInMs, cutTimeInMs }',
    'lastPoint: isNewer ? { pointId, seenServiceTimeInMs: cutTimeInMs, cutTimeInMs }',
  ]),
  code('points are pruned too young', 20, 'model/points/retention.ts', [
    'point.timeInMs <= untilAgeInMs',
    'point.timeInMs <= untilAgeInMs / 4',
  ]),
  code("a point's snapshot goes while another stands on it", 20, removePoint, [
    'if (!needed.has(id)) await',
    'await',
  ]),
  code('a point goes while its replica stands at its marker', 33_255, removePoint, [
    '  if (await isAnyStillThere(ports, manifest)) return;',
    '',
  ]),
  code('the logs that points stand on are swept', 660, tidy, [
    "if (member?.hold?.by !== 'journal' || member.position === null) return [];",
    'if (member !== null) return [];',
  ]),
  code('what is wanted is not said', 6, status, [
    '  return { sequence: missing.sequence, attempt: missing.attempt };',
    '  return null;',
  ]),
  code('the bad upload is asked for again', 6, status, ['attempt: missing.attempt };', 'attempt: 0 };']),
  code('the journal is replayed from its second log', 6, 'service/points/materialise.ts', [
    'of recipe.logs) await',
    'of recipe.logs.slice(1)) await',
  ]),
  code('a lost record is not made anew', 31, 'service/answer-doorbell.ts', [
    ' ?? (await rebuildRecord(ports, replicaId))',
    '',
  ]),
  code('the disk outlives its replica', 4, 'service/replica/remove-replica.ts', [
    '  await disks.remove(replicaId);',
    '',
  ]),
  code('the sweep takes the container of the epoch away', 1, 'service/upkeep/free-logs.ts', [
    'if (epoch < durable.epoch)',
    'if (epoch <= durable.epoch)',
  ]),
  code('a grown disk without a barrier', 16, 'service/create-replicas.ts', [
    '  // From the answer on the agent sends logs of the larger disk.\n  await ports.barrier.pass();',
    '',
  ]),
  rule('the copier reads and appends in two steps', 1, 'locksWhileCopying'),
  rule('copied counts before it is sealed', 50, 'savesCursorAtSeal'),
  rule('writes are not marked as in doubt', 81, 'marksInDoubt'),
  rule('a marker while blocks are still to be copied', 1, 'waitsForCopy'),
  rule('what is wanted is not sent', 6, 'sendsWhatIsWanted'),
  rule('the agent frees what is not durable', 1, 'freesBelowDurable'),
  rule('an agent goes on from an older spool', 49, 'rebasesAfterAmnesia'),
  rule('a marker carries a time nobody has seen', 1, 'reportsSeenTime'),
];
