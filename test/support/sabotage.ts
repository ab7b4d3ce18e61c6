/** A bug of one line, and the test of a row of the mission that goes red by it. */
export interface Sabotage {
  readonly name: string;
  /** A line of production code, exactly as it stands, and what replaces it. */
  readonly file: string;
  readonly text: string;
  readonly becomes: string;
  /** The file of the test, and how its name begins. */
  readonly test: string;
  readonly title: string;
}

/** A bug for a test on the whole stack: in which file, what stands there, and what replaces it. */
export function stackBug(
  name: string,
  [test, title]: readonly [string, string],
  [file, text, becomes]: readonly [file: string, text: string, becomes: string],
): Sabotage {
  return { name, test: `test/scenario/${test}.test.ts`, title, file, text, becomes };
}
