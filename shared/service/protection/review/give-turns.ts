import type { ItemWish } from '../../../contracts/agents/agent-wish';
import { isFed } from '../../agents/desired-markers';
import type { ProtectionOffice } from '../protection-ports';
import { isCopied, type ReviewedItem } from './reviewed-item';
import { isOneByOne } from '../enable/start-replication';

/** Lets the next disk be copied once the one before it is done, and the agent rest once all are. */
export async function giveTurns(office: ProtectionOffice, reviewed: ReviewedItem): Promise<void> {
  const { agentId, itemId } = reviewed;
  if (agentId === undefined) return;
  const wish = await office.board.read(agentId);
  const own = wish.items.find((item) => item.itemId === itemId);
  if (own === undefined || JSON.stringify(withTurns(own, reviewed)) === JSON.stringify(own)) return;
  await office.board.change(agentId, (current) => ({
    ...current,
    items: current.items.map((item) => (item.itemId === itemId ? withTurns(item, reviewed) : item)),
  }));
}

function withTurns(wish: ItemWish, reviewed: ReviewedItem): ItemWish {
  const isWhole = (replicaId: string): boolean =>
    reviewed.records.some((record) => record?.replicaId === replicaId && record.copyingEpoch === null);
  const joining = wish.joining?.filter((replicaId) => !isWhole(replicaId));
  const isSettled = wish.replicas.every(isFed) && isCopied(reviewed);
  if (!isOneByOne(reviewed.item)) return { ...wish, ...joiningOf(joining), isSettled };
  const isDone = (replicaId: string): boolean => {
    const report = reviewed.status?.replicas.find((each) => each.replicaId === replicaId);
    const epoch = wish.replicas.find((each) => each.replicaId === replicaId)?.epoch;
    if (report === undefined || report.epoch !== epoch || report.state === 'idle') return false;
    return report.copiedBytes >= report.toCopyBytes;
  };
  const next = wish.replicas.findIndex(({ replicaId }) => !isDone(replicaId));
  const replicas = wish.replicas.map((replica, index) => ({
    ...replica,
    mayCopy: replica.mayCopy || next < 0 || index <= next,
  }));
  return { ...wish, ...joiningOf(joining), replicas, isSettled };
}

function joiningOf(joining: readonly string[] | undefined): { joining?: string[] } {
  return joining === undefined ? {} : { joining: [...joining] };
}
