import { settled } from '../../support/durable/test-engine';
import { ProtectionWorld } from '../../support/protection/protection-world';

const hourInMs = 3_600_000;
const dayInMs = 24 * hourInMs;

let world: ProtectionWorld;
afterEach(() => world.close());

/** What happens in a year of points at noon and midnight, with outages, resyncs and a new key each month. */
describe('a year of a protected machine', () => {
  it('keeps its points by the ladder, alerts once for each outage, and resyncs only at night', async () => {
    world = await ProtectionWorld.open({
      fabricKind: 'VMware',
      instanceType: 'InMageAzureV2',
      policy: {
        recoveryPointHistory: 21_600,
        crashConsistentFrequencyInMinutes: 60,
        recoveryPointThresholdInMinutes: 1080,
      },
    });
    const agent = await world.protect('web', [4096]);
    const [replicaId = ''] = agent.streams.keys();
    let points = 0;
    let rotated = 0;
    for (let hour = 12; hour <= 365 * 24; hour += 12) {
      world.clock.advance(12 * hourInMs);
      const day = Math.floor(hour / 24);
      agent.isSilent = day % 73 === 40;
      if (day % 100 === 50 && hour % 24 === 12) agent.spooledBytes.set('disk0', 4096);
      await agent.round();
      if (!agent.isSilent && agent.streams.get(replicaId)?.isCopied === true) {
        await agent.cut();
        points += 1;
      }
      await world.answerBells();
      await settled(world.engine);
      if (hour % 24 === 0) await world.wired.sweep(world.jobs);
      if (hour % (30 * 24) === 0 && !agent.isSilent) {
        const { key } = world.newAgent('spare');
        world.agents.pop();
        expect((await agent.call('POST', 'rotate-key', { publicKey: key.publicKey })).status).toBe(204);
        Object.assign(agent, { key });
        rotated += 1;
      }
      if ((await world.item())?.resyncRequired === false) agent.spooledBytes.clear();
    }

    const kept = (await world.wired.ports.replicas.points(replicaId)).filter(
      ({ state }) => state === 'listed',
    );
    const spanInMs = (kept[0]?.timeInMs ?? 0) - (kept.at(-1)?.timeInMs ?? 0);
    // Two points a day, for fifteen days and no longer.
    expect(kept).toHaveLength(31);
    expect(spanInMs).toBeLessThanOrEqual(15 * dayInMs);
    expect(points).toBeGreaterThan(715);
    expect(rotated).toBe(12);

    const resyncs = (await world.jobRecords()).filter(
      ({ scenarioName }) => scenarioName === 'RepairReplication',
    );
    expect(resyncs).toHaveLength(4);
    const startHours = resyncs.map(({ startTimeInMs }) => new Date(startTimeInMs ?? 0).getUTCHours());
    expect(startHours.every((startHour) => startHour >= 18 || startHour < 6)).toBe(true);
    const late = world.published.filter(({ type }) => type === 'lifeboat.rpo.exceeded').length;
    expect(late).toBe(5);
    expect(await world.item()).toMatchObject({ state: 'Protected', health: 'Normal' });
  });
});
