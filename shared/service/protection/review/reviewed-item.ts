import type { AgentStatus } from '../../../contracts/agents/agent-record';
import type { ProtectedItem } from '../../../contracts/catalogue/protected-item';
import type { ReplicaRecord } from '../../../contracts/replication/replica-record';

/** An item with all that is known of its replicas, at one moment. */
export interface ReviewedItem {
  readonly itemId: string;
  readonly item: ProtectedItem;
  readonly agentId: string | undefined;
  readonly status: AgentStatus | undefined;
  /** In the order of the item's disks; a disk whose replica is not there yet has none. */
  readonly records: readonly (ReplicaRecord | undefined)[];
}

/** True once every disk has reached the first marker of its epoch. */
export function isCopied({ records }: ReviewedItem): boolean {
  return (
    records.length > 0 &&
    records.every((record) => record?.copyingEpoch === null && record.lastPoint !== null)
  );
}
