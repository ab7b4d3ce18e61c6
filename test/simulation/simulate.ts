import { ReplicaPolicy } from '../../shared/contracts/replication/replica-policy';
import { allRules, type AgentRules } from './agent-rules';
import { Environment } from './environment';
import { keepAllInMs } from './oracle-sight';
import { drawProfile } from './profile';
import { calmDown } from './quiet-phase';
import { deliverOne, quiescence } from './scheduler';
import { SeededChance } from './seeded-chance';
import { Site } from './site';
import { World, type Violation } from './world';

export interface Outcome {
  readonly seed: number;
  readonly violations: readonly Violation[];
  readonly steps: number;
  readonly counts: ReadonlyMap<string, number>;
}

export interface SimulateOptions {
  readonly rules?: AgentRules;
  readonly trace?: (line: string) => void;
}

/** One run of everything from one seed: the same seed runs the same way, always. Stops at the first violation. */
export async function simulate(
  seed: number,
  { rules = allRules, trace }: SimulateOptions = {},
): Promise<Outcome> {
  const profile = drawProfile(new SeededChance(seed * 2 + 1));
  const world = new World(seed, profile, trace);
  world.say(() => JSON.stringify(profile));
  const policy = ReplicaPolicy.parse({
    retention: [
      { untilAgeInMs: keepAllInMs, everyInMs: 0 },
      { untilAgeInMs: 30 * 60_000, everyInMs: 2 * 60_000 },
    ],
    journal: profile.hasJournal,
    journalWindowInMs: 5 * 60_000,
    anchorIntervalInMs: 3 * 60_000,
  });
  const site = new Site(world, policy, rules);
  for (let machine = 0; machine < profile.machines; machine += 1) {
    const added = { disks: [], seenServiceTimeInMs: world.timeInMs, clockSkewInMs: 0 };
    site.machines.push(added);
    for (let disk = 0; disk < profile.disksPerMachine; disk += 1)
      site.addDisk(added, 6 + 2 * world.chance.below(4));
  }
  const environment = new Environment(site);
  for (const disk of site.disks()) site.fulfil(disk);
  while (world.steps < profile.steps && world.violations.length === 0) {
    world.steps += 1;
    if (world.requests.length > 0 && world.chance.happens(0.72)) deliverOne(world);
    else await environment.happen();
    await quiescence();
  }
  if (world.violations.length === 0) await calmDown(site, environment);
  return { seed, violations: world.violations, steps: world.steps, counts: world.counts };
}
