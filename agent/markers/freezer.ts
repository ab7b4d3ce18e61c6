import type { Log } from '../../shared/ports/log';
import { runFreezeScript } from './run-freeze-script';

export interface FreezeScript {
  readonly path: string;
  readonly timeoutInMs: number;
}

/** Freezes the machine's applications around a cut, where a script for it is given. */
export class Freezer {
  constructor(
    private readonly script: FreezeScript | undefined,
    private readonly log: Log,
  ) {}

  /** False without a script or when it failed: the marker is cut all the same, and is what it is: crash-consistent. */
  async freeze(): Promise<boolean> {
    const { script } = this;
    if (script === undefined) return false;
    try {
      await runFreezeScript(script.path, 'freeze', script.timeoutInMs);
      return true;
    } catch (error) {
      this.log.warn('the applications could not be frozen; the point will be crash-consistent', {
        reason: String(error),
      });
      await this.thaw();
      return false;
    }
  }

  async thaw(): Promise<void> {
    const { script } = this;
    if (script === undefined) return;
    try {
      await runFreezeScript(script.path, 'thaw', script.timeoutInMs);
    } catch (error) {
      this.log.error('the applications could not be let go', { reason: String(error) });
    }
  }
}
