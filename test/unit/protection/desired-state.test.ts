import { randomUUID } from 'node:crypto';
import type { DesiredReplica } from '../../../shared/contracts/agent/desired';
import type { WishedGroup } from '../../../shared/contracts/agents/consistency-group';
import { present } from '../../../shared/assert';
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
/** A group as these agents' machines are told of it; the n-th listens at port n. */
const groupOf = (...members: readonly (readonly [ItemWish, string])[]): WishedGroup => ({
  groupId: randomUUID(),
  members: members.map(([{ itemId, replicas, crashIntervalInMs }, agentId], index) => ({
    ...{ itemId, agentId, publicKey: 'k'.repeat(43), crashIntervalInMs },
    replicaIds: replicas.map(({ replicaId }) => replicaId).toSorted(),
    endpoint: { host: '10.0.0.4', port: index + 1 },
  })),
});
const ids = (...items: ItemWish[]): string[] =>
  items.flatMap(({ replicas }) => replicas.map(({ replicaId }) => replicaId)).toSorted();

describe('what is wanted of an agent', () => {
  it('B11 has the machines of one group cut together, once each has been copied', () => {
    const [one, two, late, other] = [item(), item({ crashIntervalInMs: 60_000 }), item(), item()];
    const agentId = randomUUID();
    const group = groupOf([one, agentId], [two, agentId]);
    const wish = [{ ...one, group }, { ...two, group }, { ...late, group, isSettled: false }, other];
    const { markers } = state(...wish);
    expect(markers.map(({ members }) => members)).toEqual([ids(late), ids(other), ids(one, two)]);
    expect(markers.at(-1)?.crashIntervalInMs).toBe(60_000);
    expect(markers.at(-1)?.group).toBeUndefined();
  });

  it('B11 names the coordinator and the key of every agent, where there are several', () => {
    const [one, two, three] = [item(), item(), item()];
    const agents = [randomUUID(), randomUUID()] as const;
    const group = groupOf([one, agents[0]], [two, agents[1]], [three, agents[0]]);
    const [silent, ...others] = group.members;
    const withoutFirst = {
      ...group,
      members: [{ ...present(silent, 'a member'), endpoint: undefined }, ...others],
    };
    const markers = (of: typeof group) => state({ ...one, group: of }, { ...three, group: of }).markers;
    expect(markers(group)).toMatchObject([{ members: ids(one, two, three), group: { port: 1 } }]);
    expect(markers(group)[0]?.group?.members.map(({ agentId }) => agentId)).toEqual(agents);
    expect(markers(withoutFirst)[0]?.group).toMatchObject({
      port: 2,
      members: [{ agentId: agents[1] }, { agentId: agents[0] }],
    });
  });

  it('lets a machine cut alone whose group was told of other disks than it feeds', () => {
    const [one, two] = [item(), item()];
    const group = groupOf([item({ itemId: one.itemId }), randomUUID()], [two, randomUUID()]);
    expect(state({ ...one, group }).markers).toMatchObject([{ members: ids(one) }]);
  });

  it('holds uploads to the least limit that is in force', () => {
    const limit = (bytesPerSecond: number, fromMinute = 0, toMinute = 0): Partial<ItemWish> => ({
      uploadLimit: { bytesPerSecond, fromMinute, toMinute },
    });
    expect(state(item()).uploadLimit).toBeUndefined();
    expect(state(item(limit(9_000)), item(limit(7_000)), item()).uploadLimit).toBe(7_000);
    expect(state(item(limit(9_000)), item(limit(7_000, 600, 700))).uploadLimit).toBe(9_000);
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
