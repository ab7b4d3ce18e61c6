import { make } from './dom.js';
import { duration, moment, timeOf } from './words.js';

const dayInMs = 86_400_000;

/** The times of points in the last day, oldest first, and the last one before it. */
function timesOf(points, nowInMs) {
  const times = points
    .map(({ properties }) => timeOf(properties.recoveryPointTime))
    .filter((time) => time !== undefined && time <= nowInMs)
    .sort((left, right) => left - right);
  const first = times.findIndex((time) => time >= nowInMs - dayInMs);
  return first < 0 ? times.slice(-1) : times.slice(Math.max(0, first - 1));
}

/** How old the newest point was, at every moment of the last day: it grows until the next point comes. */
export function rpoChart(points, { nowInMs, width = 160, height = 28, withAxis = false }) {
  const times = timesOf(points, nowInMs);
  if (times.length === 0) return make('span', { class: 'quiet' }, 'no point yet');
  const start = Math.max(times[0], nowInMs - dayInMs);
  const gaps = times.map((time, index) => (times[index + 1] ?? nowInMs) - time);
  const worst = Math.max(...gaps, 1);
  const top = withAxis ? 16 : 2;
  const x = (time) => (((Math.max(time, start) - nowInMs) / dayInMs + 1) * (width - 2) + 1).toFixed(1);
  const y = (age) => (height - 1 - (age / worst) * (height - 1 - top)).toFixed(1);
  const line = times
    .map((time, index) => {
      const next = times[index + 1] ?? nowInMs;
      return `L${x(time)},${y(Math.max(0, start - time))} L${x(next)},${y(next - time)}`;
    })
    .join(' ')
    .replace('L', 'M');
  const now = gaps.at(-1) / 1000;
  const said = `Age of the newest recovery point in the last day: now ${duration(now)}, at worst ${duration(worst / 1000)}`;
  return make(
    'svg',
    { role: 'img', 'aria-label': said, width, height, viewBox: `0 0 ${width} ${height}` },
    make('title', {}, said),
    make('line', { class: 'axis', x1: 0, y1: height - 0.5, x2: width, y2: height - 0.5 }),
    make('path', { class: 'area', d: `${line} L${x(nowInMs)},${height - 1} L${x(start)},${height - 1} Z` }),
    make('path', { class: 'edge', d: line }),
    withAxis
      ? make('text', { x: 2, y: 11 }, `At worst ${duration(worst / 1000)}, now ${duration(now)}`)
      : undefined,
  );
}

/** Each point at its time; application-consistent ones stand higher. */
export function timeLine(points, { nowInMs, width = 720, height = 44 }) {
  const placed = points
    .map(({ name, properties }) => ({
      name,
      time: timeOf(properties.recoveryPointTime),
      isApplication: /^App/.test(properties.recoveryPointType ?? ''),
    }))
    .filter(({ time }) => time !== undefined);
  if (placed.length === 0) return make('p', { class: 'quiet' }, 'There is no recovery point yet.');
  const oldest = Math.min(...placed.map(({ time }) => time));
  const span = Math.max(nowInMs - oldest, 60_000);
  const x = (time) => 6 + ((time - oldest) / span) * (width - 12);
  const said = `${placed.length} recovery points from ${moment(new Date(oldest).toISOString())} on`;
  return make(
    'svg',
    { role: 'img', 'aria-label': said, width, height, viewBox: `0 0 ${width} ${height}` },
    make('line', { class: 'axis', x1: 0, y1: 24, x2: width, y2: 24 }),
    placed.map(({ time, isApplication }) =>
      make(
        'circle',
        {
          class: isApplication ? 'dot app' : 'dot',
          cx: x(time).toFixed(1),
          cy: isApplication ? 14 : 24,
          r: 3,
        },
        make(
          'title',
          {},
          `${new Date(time).toISOString()} ${isApplication ? 'application' : 'crash'}-consistent`,
        ),
      ),
    ),
    make('text', { x: 0, y: height - 2 }, moment(new Date(oldest).toISOString())),
    placed.some(({ isApplication }) => isApplication)
      ? make(
          'text',
          { x: width / 2, y: height - 2, 'text-anchor': 'middle' },
          'above the line: application-consistent',
        )
      : undefined,
    make('text', { x: width, y: height - 2, 'text-anchor': 'end' }, 'now'),
  );
}
