const pattern = /^P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?$/;

/** Milliseconds of an ISO 8601 duration in days, hours, minutes and seconds; null when it is not one. */
export function durationInMs(text: string): number | null {
  const parts = pattern.exec(text);
  if (parts === null || text === 'P' || text.endsWith('T')) return null;
  const [days, hours, minutes, seconds] = parts.slice(1).map((part) => Number(part ?? 0));
  return (
    ((days ?? 0) * 86_400 + (hours ?? 0) * 3_600 + (minutes ?? 0) * 60) * 1_000 +
    Math.round((seconds ?? 0) * 1_000)
  );
}
