/** Chance, from outside: a seeded one replays. */
export interface Chance {
  /** A number in [0, 1). */
  next(): number;
}
