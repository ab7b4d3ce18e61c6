import { randomUUID } from 'node:crypto';
import type { DesiredReplica } from '../../../shared/contracts/agent/desired';
import type { ItemWish } from '../../../shared/contracts/agents/agent-wish';
import { taggedState } from '../../../shared/service/agents/desired-state';

const replica = (mode: DesiredReplica['mode'] = 'copy'): DesiredReplica => ({
  ...{ replicaId: randomUUID(), machineId: 'm', diskId: 'd', mode, epoch: 1 },
  ...{ chainHead: '0'.repeat(64), mayCopy: true },
});
const item = (more: Partial<ItemWish> = {}): ItemWish => ({
  ...{ itemId: randomUUID(), replicas: [replica()], crashIntervalInMs: 300_000, cutNow: 0, isSettled: true },
  ...more,
});
const state = (...items: ItemWish[]) => taggedState({ agentId: randomUUID(), items, tasks: [] }, 7).state;
const ids = (...items: ItemWish[]): string[] =>
  items.flatMap(({ replicas }) => replicas.map(({ replicaId }) => replicaId)).toSorted();

describe('what is wanted of an agent', () => {
  it('B11 has the machines of one group cut together, once each has been copied', () => {
    const groupId = randomUUID();
    const [one, two] = [item({ groupId }), item({ groupId, crashIntervalInMs: 60_000 })];
    const [late, other] = [item({ groupId, isSettled: false }), item()];
    const members = state(one, two, late, other).markers.map((markers) => markers.members);
    expect(members).toEqual([ids(one, two), ids(late), ids(other)]);
    expect(state(one, two).markers[0]?.crashIntervalInMs).toBe(60_000);
  });

  it('lets no disk into a marker that is stopped, and one that joins cut alone', () => {
    const [stopped, joining, old] = [replica('stop'), replica(), replica()];
    const wish = item({ replicas: [stopped, joining, old], joining: [joining.replicaId] });
    expect(state(wish).markers.map(({ members }) => members)).toEqual([[old.replicaId], [joining.replicaId]]);
  });

  it('is told by an etag that covers all of it but the time', () => {
    const wish = { agentId: randomUUID(), items: [item()], tasks: [] };
    const { etag } = taggedState(wish, 1);
    expect(taggedState(wish, 2).etag).toBe(etag);
    expect(
      taggedState({ ...wish, items: wish.items.map((each) => ({ ...each, cutNow: 1 })) }, 1).etag,
    ).not.toBe(etag);
  });

  it('asks for a report every few seconds while something is awaited, and once a minute at rest', () => {
    expect(state(item({ isSettled: false })).statusIntervalInMs).toBe(3_000);
    expect(state(item()).statusIntervalInMs).toBe(60_000);
  });
});
