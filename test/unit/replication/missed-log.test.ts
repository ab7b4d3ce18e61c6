import { memoryReplication } from '../../support/memory/memory-replication';
import { protectedDisk, replicaId, sizeBytes } from '../../support/memory/memory-source';

const minuteInMs = 60_000;

describe('a log that an agent has sent', () => {
  it('is not missed while it may be on its way, and is once two minutes have passed', async () => {
    const replication = memoryReplication();
    const source = await protectedDisk(replication);
    const saying = async (uploaded: number): Promise<readonly string[] | undefined> => {
      const stands = { copiedBytes: 0, toCopyBytes: 0, spooledBytes: 0, churnBytes: 0 };
      const report = { replicaId, epoch: 1, sealed: uploaded, uploaded, diskSizeBytes: sizeBytes, ...stands };
      await replication.replicas.report({ ...report, state: 'replicating' });
      return (await replication.replicas.read(replicaId))?.healthCauses.map(({ code }) => code);
    };
    await source.put(await source.seal(1));
    await replication.replicas.drainNow(replicaId);
    const second = await source.seal(2);
    expect(await saying(1)).toEqual([]);
    replication.clock.nowInMs += 60 * minuteInMs;
    expect(await saying(2)).toEqual([]);
    replication.clock.nowInMs += 2 * minuteInMs;
    expect(await saying(2)).toEqual([]);
    replication.clock.nowInMs += 1;
    expect(await saying(2)).toEqual(['LogMissing']);
    await source.put(second);
    await replication.replicas.drainNow(replicaId);
    expect(await saying(2)).toEqual([]);
    expect(await saying(3)).toEqual([]);
  });
});
