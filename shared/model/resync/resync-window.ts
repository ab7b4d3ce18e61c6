/** When resyncs that nobody asked for may start: minutes of the day in UTC, from one to the other, over midnight if need be. */
export interface ResyncWindow {
  readonly fromMinute: number;
  readonly toMinute: number;
}

/** Outside office hours. */
export const usualResyncWindow: ResyncWindow = { fromMinute: 18 * 60 + 30, toMinute: 6 * 60 };

/** `18:30-06:00`, or undefined for anything that is no window. */
export function parseResyncWindow(text: unknown): ResyncWindow | undefined {
  const match = typeof text === 'string' ? /^(\d{2}):(\d{2})-(\d{2}):(\d{2})$/.exec(text) : null;
  if (match === null) return undefined;
  const [fromHour = 0, fromRest = 0, toHour = 0, toRest = 0] = match.slice(1).map(Number);
  if (fromHour > 23 || toHour > 24 || fromRest > 59 || toRest > 59) return undefined;
  return { fromMinute: fromHour * 60 + fromRest, toMinute: toHour * 60 + toRest };
}

/** True while the window is open. One that begins when it ends is always open. */
export function isInWindow({ fromMinute, toMinute }: ResyncWindow, timeInMs: number): boolean {
  const minute = Math.floor(timeInMs / 60_000) % (24 * 60);
  if (fromMinute === toMinute) return true;
  return fromMinute < toMinute
    ? minute >= fromMinute && minute < toMinute
    : minute >= fromMinute || minute < toMinute;
}
