import { randomUUID } from 'node:crypto';
import type { AgentRecord } from '../../../shared/contracts/agents/agent-record';
import type { KeptReplica } from '../../../shared/contracts/agent/site';
import { noteStart } from '../../../shared/service/epochs/start-epoch';
import { newRecord } from '../../../shared/service/replica/create-replica';
import { replicaKey } from '../../../shared/service/replica/replica-records';
import { takeKept } from '../../../shared/service/sites/take-kept';
import { everyPoint, memoryReplication } from '../../support/memory/memory-replication';

const replicaId = randomUUID();
const keeper = { agentId: randomUUID(), roles: ['masterTarget'] } as unknown as AgentRecord;
const wish = { tasks: [], items: [] } as never;
const begun = { epoch: 3, sequence: 0 };

describe('a replica that a site keeps', () => {
  it.each([
    ['told by its keeper before the answer', ['report', 'answer']],
    ['answered before its keeper tells of it', ['answer', 'report']],
  ])('is being copied from the beginning of an epoch on, %s', async (_order, steps) => {
    const { ports, replicas } = memoryReplication();
    const descriptor = {
      version: 1,
      replicaId,
      ownerId: 'item',
      policy: everyPoint,
      createdAtMs: 0,
    } as const;
    const record = newRecord(descriptor, 512);
    const before = { epoch: 1, sequence: 5 };
    await ports.records.create(replicaKey(replicaId), {
      ...{ ...record, keeper: keeper.agentId, applied: before, durable: before },
      resyncNeeded: 'halfChanged',
    });
    const kept: KeptReplica = {
      ...{ replicaId, ownerId: 'item', sizeBytes: 512, policy: everyPoint, applied: begun, durable: begun },
      ...{
        missing: null,
        failure: null,
        resyncNeeded: null,
        copyingEpoch: 3,
        cachedBytes: 0,
        createdAtMs: 0,
      },
    };
    for (const step of steps) {
      if (step === 'report') await takeKept(ports, keeper, { keeps: [kept], wish });
      else await noteStart(ports, { replicaId, epoch: 3, kind: 'rebase', reason: 'test' });
    }
    expect(await replicas.read(replicaId)).toMatchObject({
      applied: begun,
      copyingEpoch: 3,
      resyncNeeded: null,
    });
  });
});
