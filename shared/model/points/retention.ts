/** A recovery point as retention sees it. */
export interface KeptPoint {
  readonly pointId: string;
  readonly kind: 'crash' | 'app';
  /** When the disks were as the point shows them, by the service's clock as well as it can be known. */
  readonly timeInMs: number;
  readonly isPinned: boolean;
}

export interface Rung {
  readonly untilAgeInMs: number;
  readonly everyInMs: number;
}

/** Every point for two hours, then one an hour, every two hours, every four hours, as Site Recovery prunes. */
export function ladderOf(retentionInMs: number): readonly Rung[] {
  const hourInMs = 3_600_000;
  const rungs = [
    { untilAgeInMs: 2 * hourInMs, everyInMs: 0 },
    { untilAgeInMs: 24 * hourInMs, everyInMs: hourInMs },
    { untilAgeInMs: 7 * 24 * hourInMs, everyInMs: 2 * hourInMs },
    { untilAgeInMs: Infinity, everyInMs: 4 * hourInMs },
  ];
  const within = rungs.filter(
    (_, index) => index === 0 || (rungs[index - 1]?.untilAgeInMs ?? 0) < retentionInMs,
  );
  return within.map((rung, index) =>
    index === within.length - 1 ? { ...rung, untilAgeInMs: retentionInMs } : rung,
  );
}

/**
 * The points that a ladder does not keep. `points` come in the order in which their disks passed them. Age is measured
 * from the newest point, not from today: where no new points come, the old ones stay. Of each interval of a rung one
 * point is kept: its oldest that is application-consistent, or else its oldest. The newest, and any pinned, are always kept.
 */
export function pointsToPrune<P extends KeptPoint>(
  points: readonly P[],
  ladder: readonly Rung[],
): readonly P[] {
  const newest = points.at(-1);
  if (newest === undefined) return [];
  const keepers = new Map<string, P>();
  for (const point of points) {
    const interval = intervalOf(point, newest.timeInMs, ladder);
    if (interval === undefined) continue;
    const keeper = keepers.get(interval);
    if (keeper === undefined || (keeper.kind === 'crash' && point.kind === 'app'))
      keepers.set(interval, point);
  }
  const kept = new Set([newest, ...keepers.values()]);
  return points.filter((point) => !point.isPinned && !kept.has(point));
}

/** Names the interval that a point shares with others, of which one is kept; undefined for a point that is too old. */
function intervalOf(point: KeptPoint, nowInMs: number, ladder: readonly Rung[]): string | undefined {
  const index = ladder.findIndex(({ untilAgeInMs }) => nowInMs - point.timeInMs <= untilAgeInMs);
  const rung = ladder[index];
  if (rung === undefined) return undefined;
  return rung.everyInMs === 0 ? point.pointId : `${index}/${Math.floor(point.timeInMs / rung.everyInMs)}`;
}
