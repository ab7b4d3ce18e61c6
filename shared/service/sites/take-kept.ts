import type { AgentRecord } from '../../contracts/agents/agent-record';
import { type KeptReplica, KeeperCall } from '../../contracts/agent/site';
import type { AgentWish } from '../../contracts/agents/agent-wish';
import type { ReplicaRecord } from '../../contracts/replication/replica-record';
import { isRefusal } from '../../errors';
import { comparePositions } from '../../model/position';
import { newRecord } from '../replica/create-replica';
import { readReplicaRecord, replicaKey } from '../replica/replica-records';
import { updateReplica } from '../replica/update-replica';
import type { ReplicationPorts } from '../replication-ports';
import { noteKeptPoints } from './kept-points';

/** Takes down what a master target says of the replicas it keeps. Answers the items of which something is new. */
export async function takeKept(
  ports: ReplicationPorts,
  { agentId, roles }: AgentRecord,
  { keeps, wish }: { readonly keeps: readonly KeptReplica[]; readonly wish: AgentWish },
): Promise<readonly string[]> {
  if (!roles.includes('masterTarget')) return [];
  const leaving = leavingIn(wish);
  const ownerIds = new Set<string>();
  for (const kept of keeps) {
    if (leaving.has(kept.replicaId)) continue;
    const before = await recordOf(ports, agentId, kept);
    if (before?.keeper !== agentId) continue;
    await updateReplica(ports, kept.replicaId, (current) => noted(current, kept));
    if (kept.points !== undefined) await noteKeptPoints(ports, kept.replicaId, kept.points);
    const after = await readReplicaRecord(ports.records, kept.replicaId);
    if (after !== undefined && isNews(before, after)) ownerIds.add(after.ownerId);
  }
  return [...ownerIds];
}

/** What it is asked to remove is nothing to be told of any more. */
function leavingIn({ tasks }: AgentWish): ReadonlySet<string> {
  const calls = tasks.flatMap(({ kind, parameters }) =>
    kind === 'keepReplica' ? (KeeperCall.safeParse(parameters).data ?? []) : [],
  );
  return new Set(calls.flatMap((call) => (call.call === 'remove' ? [call.replicaId] : [])));
}

/** A catalogue that lost the record learns it again from who keeps the replica. One that another keeps stays that one's. */
async function recordOf(
  { records }: ReplicationPorts,
  keeper: string,
  kept: KeptReplica,
): Promise<ReplicaRecord | undefined> {
  const known = await readReplicaRecord(records, kept.replicaId);
  if (known !== undefined) return known;
  const { replicaId, ownerId, policy, createdAtMs, sizeBytes } = kept;
  const fresh = newRecord({ version: 1, replicaId, ownerId, policy, createdAtMs }, sizeBytes);
  try {
    await records.create(replicaKey(replicaId), { ...fresh, keeper });
  } catch (error) {
    if (!isRefusal(error, 'Conflict')) throw error;
  }
  return readReplicaRecord(records, replicaId);
}

/**
 * A report that was on its way when an epoch began is older than what is known. One that comes before the answer to who began
 * the epoch is the first to tell of it.
 */
function noted(current: ReplicaRecord, kept: KeptReplica): ReplicaRecord | undefined {
  const { applied, durable, missing, failure, cachedBytes, sizeBytes, resyncNeeded, copyingEpoch } = kept;
  const isOlder =
    current.applied !== null && (applied === null || comparePositions(applied, current.applied) < 0);
  if (isOlder) return undefined;
  const hasBegun = (applied?.epoch ?? 0) > (current.applied?.epoch ?? 0);
  const known = current.resyncNeeded === 'corruptLog' ? null : current.resyncNeeded;
  const next: ReplicaRecord = {
    ...current,
    ...{ applied, durable, missing, failure, cachedBytes, sizeBytes },
    ...(hasBegun ? { copyingEpoch, resyncNeeded } : { resyncNeeded: resyncNeeded ?? known }),
  };
  return JSON.stringify(next) === JSON.stringify(current) ? undefined : next;
}

function isNews(before: ReplicaRecord, after: ReplicaRecord): boolean {
  return (
    before.lastPoint?.pointId !== after.lastPoint?.pointId ||
    before.health !== after.health ||
    before.copyingEpoch !== after.copyingEpoch
  );
}
