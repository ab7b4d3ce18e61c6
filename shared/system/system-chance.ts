import type { Chance } from '../ports/chance';

/** Chance that nobody can replay: for jitter in production. */
export const systemChance: Chance = { next: () => Math.random() };
