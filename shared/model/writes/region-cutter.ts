import { pageWriteLimitBytes } from '../extent';
import { regionBytes, type Run } from './run';

/** Groups runs that ascend into regions small enough to plan, and to hold in memory, one at a time. */
export class RegionCutter {
  #region: Run[] = [];
  #index = -1;

  /** Takes the next run and hands out the regions that it ended. */
  push(run: Run): readonly (readonly Run[])[] {
    const index = Math.floor(run.offsetBytes / regionBytes);
    const done = index === this.#index ? [] : this.end();
    this.#index = index;
    this.#region.push(run);
    // A full run is best written as it is, so whoever waits for it can have it now.
    return run.kind === 'data' && run.lengthBytes === pageWriteLimitBytes ? [...done, ...this.end()] : done;
  }

  /** Hands out what is left. */
  end(): readonly (readonly Run[])[] {
    const region = this.#region;
    this.#region = [];
    return region.length === 0 ? [] : [region];
  }
}
