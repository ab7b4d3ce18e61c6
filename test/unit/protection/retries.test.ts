import { LifeboatError } from '../../../shared/errors';
import { encodeChangeLog } from '../../../shared/formats/change-log/encode-change-log';
import { present } from '../../../shared/assert';
import type { PaperAgent } from '../../support/protection/paper-agent';
import { ProtectionWorld } from '../../support/protection/protection-world';

const minuteInMs = 60_000;
let world: ProtectionWorld;
let agent: PaperAgent;
let replicaId: string;
let heal: () => void;

beforeEach(async () => {
  world = await ProtectionWorld.open();
  agent = await world.protect();
  replicaId = present([...agent.streams.keys()][0], 'the replica');
});
afterEach(() => world.close());

const record = async () => present(await world.wired.ports.replicas.read(replicaId), 'the record');

/** Every look at the disk ends like this, until it is healed. */
function failWith(error: Error): void {
  const open = world.disks.open.bind(world.disks);
  world.disks.open = () => {
    throw error;
  };
  heal = () => {
    world.disks.open = open;
  };
}

/** Lets minutes pass as the timer of the service does; the minutes after the first failure at which something was tried. */
async function triesIn(minutes: number): Promise<number[]> {
  const tries: number[] = [];
  let count = 0;
  for (let minute = 0; minute <= minutes; minute++) {
    await agent.report();
    await world.wired.sweep(world.jobs);
    await world.answerBells();
    const failed = (await record()).failure?.count ?? 0;
    if (failed > count) tries.push(minute);
    count = failed;
    world.clock.advance(minuteInMs);
  }
  return tries;
}

async function shown(): Promise<unknown> {
  await world.review();
  const item = await world.item();
  const worst = item?.healthErrors.find(({ level }) => level === 'Error');
  return { health: item?.health, code: worst?.code, says: /\w{4}/.test(worst?.action ?? '') };
}

describe('what a retry may cure', () => {
  const errors = [
    Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' }),
    Object.assign(new Error('no space left on device'), { code: 'ENOSPC' }),
    Object.assign(new Error('cannot allocate memory'), { code: 'ENOMEM' }),
  ];
  const named = errors.map((error) => [error.code, error] as const);
  it.each(named)(
    'D17 is tried again after 1, 2, 4, 8, 10 and then every 30 minutes: %s',
    async (_, error) => {
      await agent.cut();
      failWith(error);
      expect(await triesIn(120)).toEqual([0, 1, 3, 7, 15, 25, 55, 85, 115]);
      heal();
      await triesIn(30);
      await world.pump(1);
      expect(await record()).toMatchObject({ failure: null, health: 'Normal' });
    },
  );
});

describe('a source whose target cannot be read', () => {
  it('A5 may go on sending to the cache, in the epoch that is known to take it and in no other', async () => {
    await agent.cut();
    await world.answerBells();
    const { epoch } = present(agent.streams.get(replicaId), 'the stream');
    const { replicas } = world.wired.ports;
    failWith(Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' }));
    await expect(replicas.admitUpload(replicaId, epoch)).resolves.toBeUndefined();
    await expect(replicas.admitUpload(replicaId, epoch + 1)).rejects.toMatchObject({ code: 'Conflict' });
    heal();
    const { epoch: stopped } = await replicas.startEpoch({
      ...{ replicaId, kind: 'stop', reason: 'operator', job: 'the end' },
    });
    failWith(new Error('read ECONNRESET'));
    for (const past of [epoch, stopped])
      await expect(replicas.admitUpload(replicaId, past)).rejects.toMatchObject({ code: 'Conflict' });
  });
});

describe('a source whose replica disk is gone', () => {
  it('has nothing more to send, and somebody looks at why', async () => {
    await agent.cut();
    await world.answerBells();
    const { epoch } = present(agent.streams.get(replicaId), 'the stream');
    const { replicas } = world.wired.ports;
    await world.disks.remove(replicaId);
    await expect(replicas.admitUpload(replicaId, epoch)).rejects.toMatchObject({ code: 'NotFound' });
    await world.answerBells();
    expect(await record()).toMatchObject({ failure: { code: 'ReplicaInvalid', isFinal: true } });
  });
});

describe('what no retry can cure', () => {
  async function expectNoRetry(code: string, tries: readonly number[]): Promise<void> {
    expect(await triesIn(0)).toEqual(tries);
    expect(await shown()).toEqual({ health: 'Critical', code, says: true });
    const before = (await record()).failure;
    expect((await world.wired.sweep(world.jobs)).rung).toBe(0);
    await triesIn(65);
    expect((await record()).failure).toEqual(before);
  }

  it('D16 is a replica that is not there any more', async () => {
    await agent.cut();
    await world.disks.remove(replicaId);
    await expectNoRetry('ReplicaInvalid', [0]);
  });

  it('D16 is a storage account that lets us in no more, until a person asks for a resync', async () => {
    await agent.cut();
    failWith(new LifeboatError('StorageForbidden', 'Storage answered 403'));
    await expectNoRetry('StorageForbidden', [0]);
    heal();
    await world.ask('POST', `${await world.itemId('web')}/repairReplication`, {});
    await world.pump(3);
    expect(await record()).toMatchObject({ failure: null, health: 'Normal' });
  });

  it('D16 is a chain of logs that is broken in every upload', async () => {
    // In office hours, so that no resync starts by itself.
    world.clock.advance(10 * 60 * minuteInMs);
    await world.pump(1);
    const { epoch, sequence } = present(agent.streams.get(replicaId), 'the stream');
    const times = { firstWriteTimeInMs: world.clock.now(), lastWriteTimeInMs: world.clock.now() };
    const place = { replicaId, epoch, sequence: sequence + 1 };
    const header = { ...place, ...times, previousDigest: 'f'.repeat(64), diskSizeBytes: 65_536 };
    const { bytes } = await encodeChangeLog(header, [], { codec: 'none' });
    for (const attempt of [0, 1, 2]) await world.cache.put({ ...place, attempt }, bytes);
    await world.wired.ingest(replicaId, world.jobs);
    expect((await record()).missing?.faults).toEqual(Array(3).fill('LogBrokenChain'));
    Object.assign(present(agent.streams.get(replicaId), 'the stream'), { sequence: sequence + 1 });
    await expectNoRetry('ResyncNeeded', []);
  });

  it('D16 is a machine that is not found any more', async () => {
    agent.machine = () => ({ ...agentMachine, machineId: 'another' });
    await expectNoRetry('MachineMissing', []);
  });
});

const agentMachine = { name: 'another', osType: 'Linux', powerState: 'running', disks: [], nics: [] };

describe('the health of a machine, as a client reads it', () => {
  interface Told {
    readonly properties: { readonly replicationHealth: string; readonly healthErrors: readonly object[] };
  }

  async function told(): Promise<Told['properties']> {
    await world.review();
    return ((await world.ask('GET', await world.itemId('web'))).body as Told).properties;
  }

  it('X3 is Normal, then Warning, then Critical, each with a name, causes and an action, and Normal again', async () => {
    expect(await told()).toMatchObject({ replicationHealth: 'Normal', healthErrors: [] });
    await agent.cut();
    failWith(new Error('the storage does not answer'));
    const words = expect.stringMatching(/\w{4}/) as string;
    const named = (errorLevel: string): object[] =>
      expect.arrayContaining([
        expect.objectContaining({
          ...{ errorCode: 'ReplicationFailing', errorLevel, errorMessage: words },
          ...{ possibleCauses: words, recommendedAction: words },
        }),
      ]) as object[];
    await triesIn(5);
    expect(await told()).toMatchObject({ replicationHealth: 'Warning', healthErrors: named('Warning') });
    await triesIn(40);
    expect(await told()).toMatchObject({ replicationHealth: 'Critical', healthErrors: named('Error') });
    heal();
    await triesIn(30);
    await world.pump(1);
    expect(await told()).toMatchObject({ replicationHealth: 'Normal', healthErrors: [] });
  });
});
