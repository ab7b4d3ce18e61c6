import fc from 'fast-check';
import { ladderOf, pointsToPrune, type KeptPoint } from '../../../shared/model/points/retention';

const hourInMs = 3_600_000;
const day = ladderOf(24 * hourInMs);

function point(hoursAgo: number, more: Partial<KeptPoint> = {}): KeptPoint {
  return {
    pointId: `${hoursAgo}h`,
    kind: 'crash',
    timeInMs: (1000 - hoursAgo) * hourInMs,
    isPinned: false,
    ...more,
  };
}

const anyPoints = fc
  .array(
    fc.record({ minutes: fc.nat(20_000), kind: fc.constantFrom('crash', 'app'), isPinned: fc.boolean() }),
    { maxLength: 60 },
  )
  .map((drawn) =>
    drawn
      .toSorted((left, right) => left.minutes - right.minutes)
      .map(({ minutes, kind, isPinned }, index): KeptPoint => ({
        pointId: String(index),
        kind: kind,
        timeInMs: minutes * 60_000,
        isPinned,
      })),
  );

describe('retention', () => {
  it('climbs the ladder of Site Recovery', () => {
    expect(
      ladderOf(15 * 24 * hourInMs).map(({ untilAgeInMs, everyInMs }) => [
        untilAgeInMs / hourInMs,
        everyInMs / hourInMs,
      ]),
    ).toEqual([
      [2, 0],
      [24, 1],
      [168, 2],
      [360, 4],
    ]);
    expect(day.at(-1)).toEqual({ untilAgeInMs: 24 * hourInMs, everyInMs: hourInMs });
  });

  it('keeps every young point and one an hour of the older', () => {
    const points = [point(5.9), point(5.5), point(5.1), point(1.5), point(1.2), point(0)];
    expect(pointsToPrune(points, day).map(({ pointId }) => pointId)).toEqual(['5.5h', '5.1h']);
  });

  it('prefers the application-consistent point of an interval', () => {
    const points = [point(5.9), point(5.5, { kind: 'app' }), point(5.1), point(0)];
    expect(pointsToPrune(points, day).map(({ pointId }) => pointId)).toEqual(['5.9h', '5.1h']);
  });

  it('lets the old ones stay where no new ones come', () => {
    expect(pointsToPrune([point(500), point(499.5)], day)).toEqual([]);
  });

  it('drops what is older than its last rung, but for what is pinned', () => {
    const points = [point(30), point(29, { isPinned: true }), point(0)];
    expect(pointsToPrune(points, day).map(({ pointId }) => pointId)).toEqual(['30h']);
  });

  it('never takes the newest, nor a pinned one, whatever the points', () => {
    fc.assert(
      fc.property(anyPoints, (points) => {
        const pruned = pointsToPrune(points, day);
        expect(pruned).not.toContain(points.at(-1));
        expect(pruned.some(({ isPinned }) => isPinned)).toBe(false);
      }),
    );
  });

  it('finds nothing more to prune among what it kept', () => {
    fc.assert(
      fc.property(anyPoints, (points) => {
        const pruned = new Set(pointsToPrune(points, day));
        const kept = points.filter((each) => !pruned.has(each));
        expect(pointsToPrune(kept, day)).toEqual([]);
      }),
    );
  });

  it('leaves something of every hour that held anything', () => {
    fc.assert(
      fc.property(anyPoints, (points) => {
        const newest = points.at(-1)?.timeInMs ?? 0;
        const inWindow = points.filter(({ timeInMs }) => newest - timeInMs <= 24 * hourInMs);
        const pruned = new Set<KeptPoint>(pointsToPrune(points, day));
        const hours = (of: readonly KeptPoint[]): readonly number[] => [
          ...new Set(of.map(({ timeInMs }) => Math.floor(timeInMs / hourInMs))),
        ];
        expect(hours(inWindow.filter((each) => !pruned.has(each)))).toEqual(hours(inWindow));
      }),
    );
  });
});
