import { type Clock } from '../clock';
import { type Deadline } from './invoker';

export interface RunDeadlineOptions {
  readonly clock: Clock;
  /** Null: a function may run for ever. */
  readonly timeoutInMs: number | null;
  /** A run that outlived its time cannot be stopped from inside, so the process has to go. */
  readonly exceeded: (sentence: string) => void;
}

/** `functionTimeout` of host.json. */
export function runDeadline({ clock, timeoutInMs, exceeded }: RunDeadlineOptions): Deadline {
  return {
    start(functionName, invocationId) {
      if (timeoutInMs === null) return () => undefined;
      return clock.schedule(clock.now() + timeoutInMs, () =>
        exceeded(
          `Timeout value of ${timeoutInMs} ms (host.json: functionTimeout) exceeded by function 'Functions.${functionName}' (Id: '${invocationId}'). The process ends.`,
        ),
      );
    },
  };
}
