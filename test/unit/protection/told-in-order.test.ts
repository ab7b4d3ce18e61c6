import { randomUUID } from 'node:crypto';
import { DesiredState } from '../../../shared/contracts/agent/desired';
import { KeeperCall } from '../../../shared/contracts/agent/site';
import type { ReplicaPolicy } from '../../../shared/contracts/replication/replica-policy';
import { WishBoard } from '../../../shared/service/agents/wish-board';
import { createReplicas } from '../../../shared/service/create-replicas';
import { newRecord } from '../../../shared/service/replica/create-replica';
import { replicaKey } from '../../../shared/service/replica/replica-records';
import { KeptReplicas } from '../../../shared/service/sites/kept-replicas';
import type { PaperAgent } from '../../support/protection/paper-agent';
import { ProtectionWorld } from '../../support/protection/protection-world';

const policyOf = (hours: number): ReplicaPolicy => ({
  retention: [{ untilAgeInMs: hours * 3_600_000, everyInMs: 0 }],
  ...{ journal: false, journalWindowInMs: 0, anchorIntervalInMs: 1, rpoThresholdInMs: 1, cacheQuotaBytes: 1 },
});

let world: ProtectionWorld;
let keeper: PaperAgent;
let kept: KeptReplicas;
let replicaId: string;

beforeEach(async () => {
  world = await ProtectionWorld.open();
  keeper = await world.machine('keeper');
  const { replication } = world;
  const { records, clock, events } = replication;
  kept = new KeptReplicas({
    ...{ replication, board: new WishBoard({ records, clock, events }), own: createReplicas(replication) },
  });
  replicaId = randomUUID();
  const descriptor = { version: 1, replicaId, ownerId: 'item', policy: policyOf(1), createdAtMs: 0 } as const;
  const record = { ...newRecord(descriptor, 512), keeper: keeper.agentId };
  await records.create(replicaKey(replicaId), record);
});
afterEach(() => world.close());

/** What the keeper is shown at once, and does side by side. */
async function shown(): Promise<{ taskId: string; call: KeeperCall }[]> {
  const { jsonBody } = await keeper.call('GET', 'desired?waitInMs=0');
  const { tasks } = DesiredState.parse(jsonBody);
  return tasks.map(({ taskId, parameters }) => ({ taskId, call: KeeperCall.parse(parameters) }));
}

/** Does what it is shown, round by round, the last of it first; what it did. */
async function performAll(): Promise<KeeperCall[]> {
  const done: KeeperCall[] = [];
  for (let round = await shown(); round.length > 0; round = await shown()) {
    const backwards = round.toReversed();
    done.push(...backwards.map(({ call }) => call));
    await keeper.call('POST', 'status', {
      ...{ version: '1.0', roles: ['mobility'], machines: [], networks: [], replicas: [] },
      taskResults: backwards.map(({ taskId }) => ({
        taskId,
        outcome: 'succeeded',
        output: { answer: null },
      })),
    });
  }
  return done;
}

const hoursOf = (calls: readonly KeeperCall[]): number[] =>
  calls.flatMap((call) =>
    call.call === 'setPolicy' ? (call.policy.retention[0]?.untilAgeInMs ?? 0) / 3_600_000 : [],
  );

describe('what the keeper of replicas is told', () => {
  it('I10 is done in the order in which it was said', async () => {
    for (const hours of [1, 2]) await kept.setPolicy(replicaId, policyOf(hours));
    await kept.setOwner(replicaId, 'another');
    await kept.remove(replicaId, 'job');
    expect((await performAll()).map(({ call }) => call)).toEqual([
      'setPolicy',
      'setPolicy',
      'setOwner',
      'remove',
    ]);
  });

  it('ends with what was said last, where the same was said before', async () => {
    for (const hours of [1, 2, 1]) await kept.setPolicy(replicaId, policyOf(hours));
    expect(hoursOf(await performAll())).toEqual([1, 2, 1]);
  });

  it('I10 is done once, where it was said twice', async () => {
    for (const hours of [1, 1, 2, 2]) await kept.setPolicy(replicaId, policyOf(hours));
    expect(hoursOf(await performAll())).toEqual([1, 2]);
  });

  it('does not wait for what is told of other replicas', async () => {
    await kept.setPolicy(replicaId, policyOf(1));
    const other = randomUUID();
    const { records } = world.replication;
    const known = await records.get(replicaKey(replicaId));
    await records.create(replicaKey(other), { ...(known?.body as object), replicaId: other });
    await kept.setPolicy(other, policyOf(1));
    expect(await shown()).toHaveLength(2);
  });
});

describe('I9 a point that is pinned again after it was let go', () => {
  it('is pinned in the end, whatever was still on its way', async () => {
    const pointId = randomUUID();
    const member = { replicaId, position: { epoch: 1, sequence: 1 } };
    const { records } = world.replication;
    await records.put(
      { partition: `site-points-${pointId.charAt(0)}`, id: pointId },
      manifestOf(pointId, member),
    );
    const waiting = (): Promise<unknown> => kept.pinPoint(pointId, 'job').catch((error: unknown) => error);
    // The world's clock stands still while it sleeps, so that an ask waits for nobody.
    expect(await waiting()).toMatchObject({ code: 'SiteSilent' });
    await kept.unpinPoint(pointId, 'job');
    expect(await waiting()).toMatchObject({ code: 'SiteSilent' });
    expect((await performAll()).map(({ call }) => call)).toEqual(['pinPoint', 'unpinPoint', 'pinPoint']);
  });
});

const manifestOf = (pointId: string, member: { replicaId: string; position: object }): object => ({
  ...{ version: 1, pointId, kind: 'crash', state: 'listed', pins: [] },
  members: [{ ...member, chainHead: null, hold: null }],
  ...{ seenServiceTimeInMs: 0, timeInMs: 0, cutTimeInMs: 0, createdAtMs: 0 },
});
