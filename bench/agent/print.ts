export interface Goal {
  readonly floor: number;
  readonly aim: number;
  /** True where more is better. */
  readonly more: boolean;
}

export function row(name: string, what: string): void {
  console.log(`    ${name.padEnd(52)} ${what}`);
}

/** A goal, what was reached, and whether that is enough. */
export function printGoal(name: string, value: number, { floor, aim, more }: Goal): void {
  const isMet = (limit: number): boolean => (more ? value >= limit : value <= limit);
  const verdict = isMet(aim) ? 'met, and its aim' : isMet(floor) ? 'met' : 'NOT MET';
  row(name, `${value.toFixed(2)} (floor ${floor}, aim ${aim}): ${verdict}`);
}
