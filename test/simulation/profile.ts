import type { SeededChance } from './seeded-chance';

/** How a run is: what happens how often. Drawn from the seed, so that seeds differ in kind and not only in luck. */
export interface Profile {
  /** Chance that a request goes wrong. */
  readonly faultRate: number;
  readonly killRate: number;
  readonly rollBackRate: number;
  readonly saveRate: number;
  readonly badLogRate: number;
  /** Weight of failover drills, epochs by hand, disks coming and going. */
  readonly commandRate: number;
  readonly amnesiaRate: number;
  readonly clockJumpRate: number;
  readonly snapshotRefusalRate: number;
  readonly writeRate: number;
  readonly machines: number;
  readonly disksPerMachine: number;
  readonly isGrouped: boolean;
  readonly hasJournal: boolean;
  readonly readsModifyWrite: boolean;
  readonly readsTwice: boolean;
  readonly steps: number;
}

export function drawProfile(chance: SeededChance): Profile {
  const machines = chance.happens(0.25) ? 2 : 1;
  const commandRate = chance.pick([0, 0.01, 0.03, 0.06]);
  return {
    faultRate: chance.pick([0, 0.01, 0.03, 0.1]),
    killRate: chance.pick([0, 0.003, 0.01]),
    rollBackRate: chance.pick([0, 0, 0.003, 0.01]),
    saveRate: chance.pick([0.002, 0.01, 0.03]),
    badLogRate: chance.pick([0, 0, 0.05, 0.2]),
    commandRate,
    amnesiaRate: chance.pick([0, 0.002]),
    clockJumpRate: chance.pick([0, 0.003]),
    snapshotRefusalRate: chance.pick([0, 0, 0.3]),
    writeRate: chance.pick([0.1, 0.3]),
    machines,
    disksPerMachine: chance.pick(machines > 1 ? [1, 1, 2] : [1, 1, 2, 3]),
    isGrouped: machines > 1 && chance.happens(0.7),
    hasJournal: chance.happens(0.5),
    readsModifyWrite: chance.happens(0.4),
    readsTwice: chance.happens(0.2),
    steps: 200 + chance.below(300),
  };
}
