import { readResource, removeResource } from '../../../shared/service/catalogue/resources';
import { vault } from '../../support/arm/world';
import { Harbour } from './harbour';

const names = ['aaaaaaaa-0000-4000-8000-000000000001', 'aaaaaaaa-0000-4000-8000-000000000002'];

/** The machine as it was disabled, as often as asked for. */
async function disabled(harbour: Harbour, machine: string, ofNames: readonly string[]): Promise<void> {
  const { records } = harbour.world;
  const itemId = await harbour.protect(machine);
  const item = (await readResource(records, itemId))?.resource.properties;
  await removeResource(records, itemId);
  for (const [index, name] of ofNames.entries()) {
    const deletedAtInMs = Date.parse('2026-11-01T08:00:00Z') + index * 1_000;
    await harbour.seed(`${vault}/deletedProtectedItems/${name}`, {
      ...{ friendlyName: machine, itemId, item, deletedAtInMs },
      purgeAtInMs: deletedAtInMs + 14 * 86_400_000,
    });
  }
}

describe('deleted machines on the command line', () => {
  let harbour: Harbour;
  beforeEach(async () => {
    harbour = await Harbour.open();
  });
  afterEach(() => harbour.close());

  it('are listed, taken back, and purged once somebody has said yes', async () => {
    await disabled(harbour, 'web-01', names);
    await disabled(harbour, 'db-01', ['aaaaaaaa-0000-4000-8000-000000000003']);
    const listed = (await harbour.json('deleted list')) as object[];
    expect(listed).toHaveLength(3);
    expect(listed[0]).toMatchObject({ machine: 'web-01', purgedOn: expect.stringMatching(/^2026-11-15T08/) });

    const unclear = await harbour.lifeboat('deleted undelete web-01');
    expect([unclear.code, unclear.notes]).toEqual([3, expect.stringContaining('More than one')]);
    expect((await harbour.lifeboat('deleted undelete nobody')).code).toBe(3);

    const whileWaiting = () => harbour.endJobs();
    const undeleted = await harbour.lifeboat('deleted undelete DB-01', { whileWaiting });
    expect(undeleted).toMatchObject({ code: 0, output: expect.stringContaining('Undelete') });
    const refused = await harbour.lifeboat(`deleted purge ${names[0] ?? ''}`);
    expect(refused.code).toBe(2);
    const { code, output } = await harbour.lifeboat(`deleted purge ${names[0] ?? ''} --yes --no-wait`);
    expect(code).toBe(0);
    expect([...harbour.world.jobs.all.values()].at(-1)).toMatchObject({ orchestration: 'purgeDeletedItem' });
    expect(output).toContain([...harbour.world.jobs.all.keys()].at(-1));
  });

  it('are purged by nobody below an Owner', async () => {
    await disabled(harbour, 'mail-01', ['aaaaaaaa-0000-4000-8000-000000000004']);
    const environment = { LIFEBOAT_TOKEN: await harbour.world.issuer.token({ roles: ['Contributor'] }) };
    const { code, notes } = await harbour.lifeboat('deleted purge mail-01 --yes', { environment });
    expect([code, notes]).toEqual([1, expect.stringContaining('AuthorizationFailed')]);
  });
});
