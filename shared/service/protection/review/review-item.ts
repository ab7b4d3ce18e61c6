import type { AgentStatus } from '../../../contracts/agents/agent-record';
import type { ProtectedItem } from '../../../contracts/catalogue/protected-item';
import type { ReplicaRecord } from '../../../contracts/replication/replica-record';
import { scenarios } from '../../../model/scenarios';
import { stateOf } from '../../../model/scenarios/allowed';
import { readAgentStatus } from '../../agents/agent-records';
import { recoveriesOf } from '../../failover/recovery-records';
import { startIfForgotten } from '../../jobs/accept-job';
import { jobLedger } from '../../jobs/job-ledger';
import { changeItem, readItem, vaultIdOf } from '../item-records';
import { followGroup } from '../group/follow-group';
import { startFinalize } from './finalize';
import { giveTurns } from './give-turns';
import { itemHealth } from './item-health';
import { followGrowth, followPolicy, resyncInTime } from './tend-item';
import { noteSilence, validateItem } from './validate-item';
import { isRefusal } from '../../../errors';
import { policyOf } from '../policy-of';
import { isCopied, type ReviewedItem } from './reviewed-item';
import { mirrorPoints } from './mirror-points';
import type { ProtectionOffice } from '../protection-ports';
import { agentOf } from '../remove-replication';

/**
 * Looks at an item anew and makes it so: progress, health and points are shown, turns are given, what is due is started.
 * Level-triggered: it may run at any time, any number of times, for any reason.
 */
export async function reviewItem(office: ProtectionOffice, itemId: string): Promise<void> {
  const reviewed = await lookAt(office, itemId);
  if (reviewed === undefined) return;
  await startHolder(office, itemId, reviewed.item);
  if (isAway(reviewed.item)) return followGroup(office, reviewed);
  await mirrorPoints(office, reviewed);
  const item = await changeItem(office.records, itemId, (current) => shown(office, reviewed, current));
  if (item === undefined) return;
  await giveTurns(office, reviewed);
  await followGroup(office, reviewed);
  await tend(office, reviewed, item);
  if (isCopied(reviewed)) await startFinalize(office, { ...reviewed, item });
}

/** The job that holds an item may have been written down by a host that died before it started it. */
async function startHolder(office: ProtectionOffice, itemId: string, { hold }: ProtectedItem): Promise<void> {
  if (hold === undefined) return;
  const name = { vaultId: vaultIdOf(itemId), jobId: hold.jobId };
  const job = await jobLedger(office.records, office.clock).find(name);
  if (job !== undefined) await startIfForgotten(office, job);
}

async function tend(office: ProtectionOffice, reviewed: ReviewedItem, item: ProtectedItem): Promise<void> {
  await noteSilence(office, reviewed);
  if (item.hold?.verb === 'disableProtection' || reviewed.records.every((record) => record === undefined))
    return;
  const policy = await policyOf(office.records, item.policyId).catch((error: unknown) => {
    if (isRefusal(error, 'NotFound')) return undefined;
    throw error;
  });
  if (policy !== undefined) {
    await followPolicy(office, reviewed, policy);
    await resyncInTime(office, reviewed, item, policy);
  }
  await followGrowth(office, reviewed);
  await validateItem(office, reviewed);
}

async function lookAt(office: ProtectionOffice, itemId: string): Promise<ReviewedItem | undefined> {
  const item = await readItem(office.records, itemId);
  if (item === undefined) return undefined;
  const agentId = await agentOf(office, itemId, item);
  const status = agentId === undefined ? undefined : await readAgentStatus(office.records, agentId);
  const records = await Promise.all(item.disks.map(({ replicaId }) => office.replicas.read(replicaId)));
  return { itemId, item, agentId, status, records };
}

/** A machine that runs at the target is not fed by its agent: its failover owns what is shown, until that has turned it. */
function isAway(item: ProtectedItem): boolean {
  const { active, happens } = stateOf(scenarios[item.scenario], item.state);
  const hasTurned = happens?.initialCopyDone !== undefined && recoveriesOf(item).real === undefined;
  return active === 'Recovery' && !hasTurned;
}

function shown(
  { clock }: ProtectionOffice,
  reviewed: ReviewedItem,
  current: ProtectedItem,
): Partial<ProtectedItem> {
  const disks = current.disks.map((disk) => {
    const record = reviewed.records.find((each) => each?.replicaId === disk.replicaId);
    const report = reviewed.status?.replicas.find((each) => each.replicaId === disk.replicaId);
    return {
      ...disk,
      copiedPercent: copiedPercent(record, report),
      pendingBytes: (record?.cachedBytes ?? 0) + (report?.spooledBytes ?? 0),
      resyncRequired: isResyncRequired(record),
    };
  });
  const totalBytes = disks.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  const copiedBytes = disks.reduce((sum, { sizeBytes, copiedPercent: part }) => sum + sizeBytes * part, 0);
  return {
    disks,
    initialCopyPercent: totalBytes === 0 ? 0 : Math.floor(copiedBytes / totalBytes),
    resyncRequired: disks.some(({ resyncRequired }) => resyncRequired),
    churnBytesPerSecond: churnOf(reviewed.records),
    ...itemHealth(reviewed, current, clock.now()),
  };
}

/** What is written to all disks whose agent has told it. */
function churnOf(records: ReviewedItem['records']): number | undefined {
  const told = records.flatMap((record) => record?.agent?.churnBytesPerSecond ?? []);
  return told.length === 0 ? undefined : told.reduce((sum, rate) => sum + rate, 0);
}

/** Whole per cent; 100 only once the first marker proves it. */
function copiedPercent(
  record: ReplicaRecord | undefined,
  report: AgentStatus['replicas'][number] | undefined,
): number {
  if (record?.copyingEpoch === null && record.lastPoint !== null) return 100;
  if (report === undefined || report.toCopyBytes === 0 || report.epoch !== record?.copyingEpoch) return 0;
  return Math.min(99, Math.floor((report.copiedBytes / report.toCopyBytes) * 100));
}

/** A stream that cannot go on, and one that we gave up: what was sent meanwhile is not known. */
function isResyncRequired(record: ReviewedItem['records'][number]): boolean {
  return record !== undefined && (record.resyncNeeded !== null || record.failure?.isFinal === true);
}
