import { Harbour } from './harbour';

describe('the newest point', () => {
  let harbour: Harbour;

  beforeAll(async () => (harbour = await Harbour.open()), 60_000);
  afterAll(() => harbour.close());

  it('is known by its time, whatever order the service lists points in', async () => {
    const mailId = await harbour.protect('mail');
    const newest = '2026-01-01T00:07:00.000Z';
    const points = {
      'point-a': '2026-01-01T00:06:00Z',
      'point-b': newest,
      'point-c': '2026-01-01T00:05:00Z',
    };
    for (const [name, time] of Object.entries(points)) {
      await harbour.seed(`${mailId}/recoveryPoints/${name}`, {
        timeInMs: Date.parse(time),
        kind: 'CrashConsistent',
        diskIds: [],
      });
    }
    expect(await harbour.json('points mail --top 1')).toMatchObject([{ time: newest }]);
    expect(await harbour.json('failover mail --what-if')).toMatchObject({ recoveryPoint: newest });
  });
});
