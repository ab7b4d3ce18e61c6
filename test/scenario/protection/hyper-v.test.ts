import { eventually } from '../../support/eventually';
import { Inside } from '../../support/protection/inside';
import { Site } from '../../support/protection/site';
import { startStack, type Stack } from '../../support/stack';

let stack: Stack;
let site: Site;
let inside: Inside;

beforeAll(async () => {
  stack = await startStack();
  site = await Site.open(stack);
  inside = new Inside(stack);
}, 120_000);

afterAll(async () => {
  await site.close();
  await stack.stop();
}, 60_000);

describe('a Hyper-V machine, protected to Azure', () => {
  it('D6 D7 D11 is enabled, copied, finalized, and leaves nothing when it is disabled', async () => {
    const machine = await site.machine({ name: 'web' });
    const enabled = await site.enable('web', 'web');
    expect(['InitialReplicationInProgress', 'Protected']).toContain(enabled.properties?.protectionState);
    const item = await site.reaches('web', 'Protected');
    expect(item.properties).toMatchObject({
      activeLocation: 'Primary',
      allowedOperations: expect.arrayContaining(['PlannedFailover', 'TestFailover', 'DisableProtection']),
    });
    const jobs = (await site.jobs()).filter(({ scenarioName }) => /EnableDr|IrCompletion/.test(scenarioName));
    expect(jobs.map(({ scenarioName, state }) => `${scenarioName} ${state}`)).toEqual([
      'IrCompletion Succeeded',
      'EnableDr Succeeded',
    ]);
    const [replica] = await inside.replicasOf(site.itemId('web'));
    const replicaId = replica?.replicaId ?? '';
    const [point] = await eventually(async () => {
      const points = await site.points('web');
      return points.length > 0 && points;
    });
    expect((await inside.contentAt(point?.name ?? '', replicaId)).equals(machine.content(0))).toBe(true);

    await site.disable('web');
    await expect(site.item('web')).rejects.toMatchObject({ statusCode: 404 });
    expect(await inside.blobsOf([replicaId])).toEqual([]);
    expect((await inside.recordsWith([replicaId])).filter((name) => !name.includes('removed'))).toEqual([]);
  }, 120_000);
});
