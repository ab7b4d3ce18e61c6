/** The time, from outside. */
export interface Clock {
  now(): number;
}

export const systemClock: Clock = { now: () => Date.now() };
