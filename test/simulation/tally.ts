/** What many runs came to. */
export interface Tally {
  seeds: number;
  steps: number;
  violations: number;
  counts: Record<string, number>;
}

export function newTally(): Tally {
  return { seeds: 0, steps: 0, violations: 0, counts: {} };
}

export function addTally(tally: Tally, more: Tally): void {
  tally.seeds += more.seeds;
  tally.steps += more.steps;
  tally.violations += more.violations;
  for (const [what, count] of Object.entries(more.counts))
    tally.counts[what] = (tally.counts[what] ?? 0) + count;
}

/** One line of counters. */
export function describeTally({ seeds, steps, violations, counts }: Tally, seconds: number): string {
  const faults = Object.entries(counts).filter(([what]) => what.startsWith('faults') || what === 'kills');
  const all = faults.reduce((sum, [, count]) => sum + count, 0);
  const counters = Object.entries(counts)
    .sort()
    .map(([what, count]) => `${what} ${count}`);
  const speed = `${(seeds / seconds).toFixed(0)} seeds/s`;
  return `seeds ${seeds}; steps ${steps}; ${speed}; faults ${all} (${counters.join('; ')}); violations ${violations}`;
}
