const minuteInMs = 60_000;
const stepsInMs = [1, 2, 4, 8, 10].map((minutes) => minutes * minuteInMs);
const restInMs = 30 * minuteInMs;

/** How long to wait after the `failures`-th failure in a row: 1, 2, 4, 8, 10 minutes, then half an hour each time. */
export function backOffInMs(failures: number): number {
  return stepsInMs[failures - 1] ?? restInMs;
}
