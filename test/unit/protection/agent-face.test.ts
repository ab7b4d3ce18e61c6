import { randomUUID } from 'node:crypto';
import { DesiredState } from '../../../shared/contracts/agent/desired';
import type { AgentAnswer } from '../../../shared/agents/exchange';
import { Counted } from '../../support/protection/counted';
import type { PaperAgent } from '../../support/protection/paper-agent';
import { ProtectionWorld } from '../../support/protection/protection-world';

const codeOf = ({ jsonBody }: AgentAnswer): unknown => (jsonBody as { error?: { code: string } }).error?.code;

let world: ProtectionWorld;
let agent: PaperAgent;
beforeEach(async () => {
  world = await ProtectionWorld.open();
  agent = await world.protect();
});
afterEach(() => world.close());

describe('a registration token', () => {
  it('lets one agent in, and no second', async () => {
    const token = await world.token();
    expect((await world.newAgent('one').register(token)).status).toBe(201);
    const second = await world.newAgent('two').register(token);
    expect([second.status, codeOf(second)]).toEqual([401, 'TokenUsed']);
  });

  it('answers the same agent again, whose first answer was lost', async () => {
    const [token, late] = [await world.token(), world.newAgent('late')];
    const first = await late.register(token);
    expect((await late.register(token)).jsonBody).toEqual(first.jsonBody);
  });

  it('expires after a day at most, however long it was asked for', async () => {
    const token = await world.token(7 * 86_400_000);
    world.clock.advance(86_400_000);
    expect(codeOf(await world.newAgent('slow').register(token))).toBe('TokenExpired');
  });

  it('is kept as a hash alone', async () => {
    const token = await world.token();
    const kept = await world.records.list('registration-tokens');
    expect(kept.records.length).toBeGreaterThan(0);
    expect(JSON.stringify(kept)).not.toContain(token);
  });

  it('that nobody made is refused', async () => {
    expect(codeOf(await world.newAgent('thief').register('lb1.made-up-by-somebody'))).toBe('BadSignature');
  });

  it('shows the agent among the servers of its fabric', async () => {
    expect(await world.exists(`${world.fabricId}/replicationRecoveryServicesProviders/host-of-web`)).toBe(
      true,
    );
  });
});

describe('a request of an agent', () => {
  it('is refused with another key, another agent, another time, or a nonce that was used', async () => {
    const other = world.newAgent('other');
    await other.register(await world.token());
    const nonce = randomUUID();
    const now = world.clock.now();
    const refused = [
      await agent.call('GET', 'desired', undefined, { signature: 'A'.repeat(86) }),
      await agent.call('GET', 'desired', undefined, { agentId: other.agentId }),
      await agent.call('GET', 'desired', undefined, { agentId: randomUUID() }),
      await agent.call('GET', 'desired', undefined, { timeInMs: now - 3_600_000 }),
      await agent.call('GET', 'desired', undefined, { timeInMs: now + 3_600_000 }),
    ];
    expect(refused.map(codeOf)).toEqual([
      'BadSignature',
      'BadSignature',
      'BadSignature',
      'ClockSkew',
      'ClockSkew',
    ]);
    expect(refused.every(({ headers }) => Number(headers?.['x-lifeboat-service-time']) === now)).toBe(true);
    expect((await agent.call('GET', 'desired', undefined, { nonce })).status).toBe(200);
    expect(codeOf(await agent.call('GET', 'desired', undefined, { nonce }))).toBe('Replayed');
  });

  it('that gives or changes something is refused by every instance when it comes again', async () => {
    const nonce = randomUUID();
    const body = { replicaId: agent.wish?.replicas[0]?.replicaId, epoch: 1 };
    expect((await agent.call('POST', 'grants', body, { nonce })).status).toBe(200);
    world.useAnotherInstance();
    expect(codeOf(await agent.call('POST', 'grants', body, { nonce }))).toBe('Replayed');
    expect((await agent.call('POST', 'grants', body)).status).toBe(200);
  });

  it('about a replica of somebody else is refused, and changes nothing', async () => {
    const other = await world.machine('other');
    const replicaId = agent.wish?.replicas[0]?.replicaId ?? '';
    const before = await world.wired.ports.replicas.read(replicaId);
    const epoch = { epoch: 1, kind: 'rebase', reason: 'spoolLost', sealed: 0 };
    const refused = [
      await other.call('POST', 'grants', { replicaId, epoch: 1 }),
      await other.call('POST', 'doorbell', { replicaIds: [replicaId] }),
      await other.call('POST', `replicas/${replicaId}/epochs`, epoch),
      await other.call('GET', `replicas/${replicaId}/digests?epoch=1&segment=0`),
      await reportOf(other, replicaId),
    ];
    expect(refused.map(codeOf)).toEqual(Array<string>(5).fill('NotYourReplica'));
    expect(await world.wired.ports.replicas.read(replicaId)).toEqual(before);
  });

  it('that says more was copied than there is to copy ends no copy, and nobody else sees of it', async () => {
    const liar = await world.machine('liar');
    await world.enable('liar');
    liar.wish = DesiredState.parse((await liar.call('GET', 'desired?waitInMs=0')).jsonBody);
    const before = await world.item('web');
    const lies = { copiedBytes: 2 ** 50, toCopyBytes: 1, sealed: 2 ** 40, uploaded: 2 ** 40 };
    expect((await liar.report(lies)).status).toBe(200);
    await world.review('liar');
    const item = await world.item('liar');
    expect(item).toMatchObject({ state: 'InitialReplicationInProgress', initialCopyPercent: 99 });
    expect(await world.points('liar')).toEqual([]);
    expect(await world.item('web')).toEqual(before);
  });

  it('that is nonsense is a refusal with a code, never a failure', async () => {
    const refused = [
      await agent.call('POST', 'status', { version: 7 }),
      await agent.call('POST', 'doorbell', { replicaIds: [] }),
      await agent.call('POST', 'grants', { replicaId: 'x', epoch: -1 }),
      await agent.call('GET', 'desired?waitInMs=soon'),
      await agent.call('GET', 'nowhere'),
      await agent.call('POST', 'status', { machines: Array.from({ length: 60_000 }, () => 'x'.repeat(150)) }),
    ];
    expect(refused.map(({ status }) => status)).toEqual([400, 400, 400, 400, 404, 413]);
  });

  it('costs next to nothing when it is an hour off, of another or forged, and no more than any when it lies', async () => {
    const other = await world.machine('other');
    const replicaId = agent.wish?.replicas[0]?.replicaId ?? '';
    const counted = new Counted();
    counted.count(world.records, { get: 'reads', create: 'writes', put: 'writes', replace: 'writes' });
    const timeInMs = world.clock.now() - 3_600_000;
    const cost = async (answer: () => Promise<AgentAnswer>): Promise<unknown[]> => {
      const before = ['reads', 'writes'].map((name) => counted.of(name));
      const { status } = await answer();
      return [status, ...['reads', 'writes'].map((name, index) => counted.of(name) - (before[index] ?? 0))];
    };
    expect(await cost(() => agent.call('POST', 'status', {}, { timeInMs }))).toEqual([401, 1, 0]);
    expect(await cost(() => agent.call('POST', 'status', {}, { signature: 'A'.repeat(86) }))).toEqual([
      401, 1, 0,
    ]);
    expect(await cost(() => reportOf(other, replicaId))).toEqual([403, 4, 0]);
    await agent.report();
    const honest = await cost(() => agent.report());
    const lies = { spooledBytes: 2 ** 52, copiedBytes: 2 ** 50, toCopyBytes: 1, churnBytes: 2 ** 52 };
    // What it makes of its own machine's health is written once.
    await agent.report(lies);
    expect(await cost(() => agent.report(lies))).toEqual(honest);
  });

  it('to ring 100,000 times is put off, costs one read, and keeps nobody else from ringing', async () => {
    const other = await world.protect('other');
    const counted = new Counted();
    counted.count(world.replication.doorbells, { ring: 'bells' });
    counted.count(world.records, { get: 'reads', create: 'writes', put: 'writes', replace: 'writes' });
    const replicaIds = Array<string>(100).fill(agent.wish?.replicas[0]?.replicaId ?? '');
    const answers: AgentAnswer[] = [];
    for (let call = 0; call < 1000; call++)
      answers.push(await agent.call('POST', 'doorbell', { replicaIds }));
    expect(answers.filter(({ status }) => status === 202)).toHaveLength(20);
    expect(answers.slice(20).map(codeOf)).toEqual(Array<string>(980).fill('TooManyRequests'));
    expect(['bells', 'reads', 'writes'].map((name) => counted.of(name))).toEqual([20, 1020, 0]);
    const [othersId = ''] = other.streams.keys();
    expect((await other.call('POST', 'doorbell', { replicaIds: [othersId] })).status).toBe(202);
    world.clock.advance(60_000);
    expect((await agent.call('POST', 'doorbell', { replicaIds })).status).toBe(202);
  });
});

describe('an event of an agent', () => {
  const event = (type: string, data: object): object => ({
    specversion: '1.0',
    id: '1',
    source: 'agent',
    type,
    data,
  });

  it('is taken like the call it stands for, and refused like it', async () => {
    const replicaIds = [agent.wish?.replicas[0]?.replicaId];
    const other = await world.machine('other');
    const answers = [
      await agent.call('POST', 'events', event('lifeboat.agent.doorbell', { replicaIds })),
      await agent.call(
        'POST',
        'events',
        event('lifeboat.agent.status', { version: '2.0', roles: ['mobility'] }),
      ),
      await other.call('POST', 'events', event('lifeboat.agent.doorbell', { replicaIds })),
      await agent.call('POST', 'events', event('lifeboat.agent.song', {})),
    ];
    expect(answers.map(({ status }) => status)).toEqual([202, 202, 403, 400]);
    const status = await world.records.get({
      partition: `agent-status-${agent.agentId.charAt(0)}`,
      id: agent.agentId,
    });
    expect(status?.body).toMatchObject({ version: '2.0' });
  });
});

describe('a new key', () => {
  it('replaces the old one, which signs nothing any more', async () => {
    const { key } = world.newAgent('spare');
    expect((await agent.call('POST', 'rotate-key', { publicKey: key.publicKey })).status).toBe(204);
    expect(codeOf(await agent.call('GET', 'desired'))).toBe('BadSignature');
    Object.assign(agent, { key });
    expect((await agent.call('GET', 'desired')).status).toBe(200);
  });
});

describe('a new epoch that an agent asks for', () => {
  it('is the same when it is asked for again', async () => {
    const [wish] = agent.wish?.replicas ?? [];
    const path = `replicas/${wish?.replicaId ?? ''}/epochs`;
    const request = { epoch: wish?.epoch, kind: 'rebase', reason: 'spoolLost', sealed: 0 };
    for (let time = 0; time < 3; time++) expect((await agent.call('POST', path, request)).status).toBe(202);
    await agent.round();
    expect(agent.wish?.replicas[0]).toMatchObject({ epoch: (wish?.epoch ?? 0) + 1, mode: 'resync' });
  });
});

function reportOf(other: PaperAgent, replicaId: string): Promise<AgentAnswer> {
  const numbers = {
    sealed: 9,
    uploaded: 9,
    diskSizeBytes: 512,
    copiedBytes: 0,
    toCopyBytes: 0,
    spooledBytes: 0,
  };
  return other.call('POST', 'status', {
    ...{ version: '1', roles: ['mobility'] },
    replicas: [{ replicaId, epoch: 1, ...numbers, churnBytes: 0, state: 'replicating' }],
  });
}
