import type { AgentAnswer } from '../../../../shared/agents/exchange';
import type { PaperAgent } from '../../../support/protection/paper-agent';
import { ProtectionWorld } from '../../../support/protection/protection-world';

let world: ProtectionWorld;
let agent: PaperAgent;
beforeEach(async () => {
  world = await ProtectionWorld.open();
  agent = await world.protect();
});
afterEach(() => world.close());

describe('an agent that is asked to bring a replica back to its disks', () => {
  it('may compare with that replica, for as long as it is asked to', async () => {
    const other = await world.machine('other');
    const replicaId = agent.wish?.replicas[0]?.replicaId ?? '';
    const compare = (): Promise<AgentAnswer> =>
      other.call('GET', `replicas/${replicaId}/digests?epoch=2&segment=0`);
    expect((await compare()).jsonBody).toMatchObject({ error: { code: 'NotYourReplica' } });

    const task = (id: string) => ({
      ...{ taskId: 'open', kind: 'openRecoveryPoint' as const },
      parameters: { machineId: 'other', disks: [{ replicaId: id }] },
    });
    const want = (tasks: ReturnType<typeof task>[]) =>
      world.wired.ports.board.change(other.agentId, (wish) => ({ ...wish, tasks }));
    await world.wired.ports.replicas.startEpoch({
      replicaId,
      kind: 'rebase',
      reason: 'failback',
      job: 'test',
    });
    await want([task(replicaId)]);
    expect((await compare()).status).toBe(200);
    const grant = await other.call('POST', 'grants', { replicaId, epoch: 2 });
    expect(grant.jsonBody).toMatchObject({ error: { code: 'NotYourReplica' } });
    await want([]);
    expect((await compare()).jsonBody).toMatchObject({ error: { code: 'NotYourReplica' } });
  });
});
