/** What a command sees of the world. The real one is made in main.ts, others by tests. */
export interface Surroundings {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly homeFolder: string;
  /** Which streams are looked at by a person. */
  readonly isTerminal: { readonly input: boolean; readonly output: boolean; readonly notes: boolean };
  /** Data, and nothing else. */
  output(text: string): void;
  /** Progress, warnings, errors. */
  note(text: string): void;
  ask(question: string): Promise<string>;
  now(): number;
  /** Ends early, by throwing, when the user has had enough. */
  sleep(durationInMs: number): Promise<void>;
  /** Ctrl-C. */
  readonly interrupted: AbortSignal;
}
