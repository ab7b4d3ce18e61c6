/**
 * How old the newest state is that could be recovered. Measured from the latest service time that the agent had seen
 * *before* the disks were cut: it is never later than the cut, so what is reported is never better than what is real, however
 * wrong the agent's own clock. Undefined where there is no point yet.
 */
export function recoveryPointAgeInMs(
  serviceTimeInMs: number,
  newest: { readonly seenServiceTimeInMs: number } | null,
): number | undefined {
  return newest === null ? undefined : Math.max(0, serviceTimeInMs - newest.seenServiceTimeInMs);
}
