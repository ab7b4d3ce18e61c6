import type { ReplicaRecord } from '../../../contracts/replication/replica-record';
import { isDormant } from '../../../model/soft-delete';
import { forgetOldNonces } from '../../agents/nonces';
import { allReplicaRecords } from '../../replica/replica-records';
import type { ReplicationPorts } from '../../replication-ports';
import { spread } from '../../spread';
import { sweepReplicas } from '../../upkeep/sweep-replicas';
import type { ProtectionOffice } from '../protection-ports';
import { reviewItem } from './review-item';

const sideBySide = 8;
const heardOfLatelyInMs = 2 * 60_000;

export interface SweptItems {
  readonly rung: number;
  readonly tidied: number;
  /** What went wrong with single replicas or items; the others were served all the same. */
  readonly failures: readonly { readonly subject: string; readonly error: unknown }[];
}

/** The safety net under everything that is told: sweeps replicas, and reviews the items that own them. */
export async function sweepItems(
  replication: ReplicationPorts,
  office: ProtectionOffice,
): Promise<SweptItems> {
  const swept = await sweepReplicas(replication);
  const failures = swept.failures.map(({ replicaId, error }) => ({ subject: replicaId, error }));
  const owners = new Set<string>();
  for await (const record of allReplicaRecords(replication.records)) {
    if (!isDormant(record) && needsReview(record, replication.clock.now())) owners.add(record.ownerId);
  }
  await spread(eachOf(owners), sideBySide, async (itemId) => {
    await reviewItem(office, itemId).catch((error: unknown) => failures.push({ subject: itemId, error }));
  });
  await forgetOldNonces(office.records, office.clock);
  return { rung: swept.rung, tidied: swept.tidied, failures };
}

/** Where the agent speaks, its reports have the item reviewed; the sweep looks after the others, and after what time decides. */
function needsReview({ agent, resyncNeeded, copyingEpoch }: ReplicaRecord, nowInMs: number): boolean {
  if (agent === null || nowInMs - agent.saidAtMs > heardOfLatelyInMs) return true;
  return resyncNeeded !== null || copyingEpoch !== null;
}

async function* eachOf<T>(values: Iterable<T>): AsyncGenerator<T> {
  yield* values;
}
