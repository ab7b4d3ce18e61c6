import { Crasher } from '../../support/failover/crasher';
import { entryOf } from '../../support/failover/diary';
import { FailoverWorld } from '../../support/failover/failover-world';
import { keepHistory } from '../../support/failover/keep-history';
import { bornIn, lives, type LifeScenario } from '../../support/failover/lives';

const whens = ['before', 'after', 'recorded'] as const;
type When = (typeof whens)[number];

interface Passed {
  readonly diary: readonly (readonly [string, object])[];
  readonly crashes: readonly string[];
}

/** Lives a life whose engine ends at points that this wants: of each verb, each distinct activity counts once. */
async function live(
  scenario: LifeScenario,
  wants: (activity: number, when: When) => boolean,
): Promise<Passed> {
  const world = await FailoverWorld.open();
  const activities: string[] = [];
  const seen = new Set<string>();
  const crasher = new Crasher(world, (point) => {
    const [kind, activity = '', when] = point.split(':');
    if (kind !== 'activity' || seen.has(point)) return false;
    seen.add(point);
    if (!activities.includes(activity)) activities.push(activity);
    return wants(activities.indexOf(activity), when as When);
  });
  try {
    const life = await bornIn(world, scenario);
    await crasher.arm();
    const diary: [string, object][] = [];
    for (const { name, orchestration, ask, then } of lives[scenario]) {
      activities.length = 0;
      seen.clear();
      const jobId = await ask(life);
      expect(await world.ended(jobId, () => crasher.revive())).toMatchObject({ errors: [] });
      await crasher.revive();
      await world.pass(2);
      diary.push([name, await entryOf(life, jobId)]);
      await keepHistory(world, { orchestration, jobId, name: `${scenario.toLowerCase()}-${name}` });
      await then?.(life);
    }
    return { diary, crashes: crasher.crashes };
  } finally {
    await world.close();
  }
}

const scenarios = Object.keys(lives) as LifeScenario[];
/** With LIFEBOAT_LONG, each of these activities of every verb alone. */
const alone = Array.from(
  { length: process.env['LIFEBOAT_LONG'] === '1' ? 12 : 0 },
  (_, activity) => activity,
);

describe('I10 the end of the process before, within and after each activity of every verb', () => {
  it.each(scenarios)(
    'changes nothing that a %s machine comes to',
    async (scenario) => {
      // The run without a crash comes last: its histories are the ones to keep.
      const crashed = await live(scenario, () => true);
      const { diary } = await live(scenario, () => false);
      expect(crashed.crashes.length).toBeGreaterThan(3 * 15);
      expect(crashed.diary).toEqual(diary);
      for (const chosen of alone.flatMap((activity) => whens.map((when) => [activity, when] as const))) {
        const once = await live(scenario, (activity, when) => activity === chosen[0] && when === chosen[1]);
        expect([chosen, once.diary]).toEqual([chosen, diary]);
      }
    },
    alone.length === 0 ? 60_000 : 600_000,
  );
});
