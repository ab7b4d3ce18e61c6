import type { Program } from './child';

/** A part of the cloud, and how its life hangs together with that of others. */
export interface PartPlan {
  readonly program: Program;
  /** Parts that serve before this one is started for the first time. */
  readonly startsAfter: readonly string[];
  /**
   * Parts that may come back from a crash with less than they had acknowledged. This part is ended before such a part
   * is started again, and started after it: only processes born after a rollback may meet it.
   */
  readonly rebornWith: readonly string[];
}

export interface PartStatus {
  readonly name: string;
  readonly isServing: boolean;
  readonly pid: number | undefined;
  /** How often it was started again. */
  readonly restarts: number;
}
