import { parseTimeSpan } from '../config/time-span';
import { HostError } from '../host-error';
import { type FieldRange, parseField } from './calendar-field';

/** When a timer fires. */
export interface Schedule {
  readonly text: string;
  /** The first moment after this one, in milliseconds since 1970; undefined when there is none. */
  next(afterMs: number): number | undefined;
  /** Whether missed runs are remembered over a restart: only schedules of a minute or longer are. */
  readonly isMonitored: boolean;
}

const ranges: readonly FieldRange[] = [
  { name: 'second', least: 0, most: 59 },
  { name: 'minute', least: 0, most: 59 },
  { name: 'hour', least: 0, most: 23 },
  { name: 'day', least: 1, most: 31 },
  {
    name: 'month',
    least: 1,
    most: 12,
    names: [
      ...['january', 'february', 'march', 'april', 'may', 'june'],
      ...['july', 'august', 'september', 'october', 'november', 'december'],
    ],
  },
  {
    name: 'day of week',
    least: 0,
    most: 6,
    names: ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday'],
  },
];

/** The longest gap that a calendar can have is the eight years around 29 February of 2100. */
const furthestYears = 9;

/** NCRONTAB with six fields (or five, without seconds) in local time, or a time span such as `00:05:00`. */
export function parseSchedule(text: string): Schedule {
  const intervalInMs = parseTimeSpan(text.trim());
  if (intervalInMs !== undefined) return intervalSchedule(text, intervalInMs);
  const fields = text.trim().split(/\s+/);
  if (fields.length !== 5 && fields.length !== 6) {
    throw new HostError(
      `schedule "${text}": expected 6 fields {second} {minute} {hour} {day} {month} {day of week}, got ${fields.length}.`,
    );
  }
  const six = fields.length === 5 ? ['0', ...fields] : fields;
  const sets = six.map((field, index) => {
    const values = parseField(field, ranges[index] ?? { name: 'field', least: 0, most: 0 });
    if (typeof values === 'string') throw new HostError(`schedule "${text}": ${values}.`);
    return values;
  });
  const schedule = new CalendarSchedule(text, sets);
  if (schedule.next(0) === undefined) throw new HostError(`schedule "${text}": there is no such day.`);
  return schedule;
}

function intervalSchedule(text: string, intervalInMs: number): Schedule {
  if (intervalInMs <= 0) throw new HostError(`schedule "${text}": the interval must be longer than zero.`);
  return { text, isMonitored: intervalInMs >= 60_000, next: (afterMs) => afterMs + intervalInMs };
}

class CalendarSchedule implements Schedule {
  readonly isMonitored: boolean;
  readonly #sets: readonly ReadonlySet<number>[];

  constructor(
    readonly text: string,
    sets: readonly ReadonlySet<number>[],
  ) {
    this.#sets = sets;
    this.isMonitored = sets[0]?.size === 1;
  }

  next(afterMs: number): number | undefined {
    const moment = new Date(afterMs);
    moment.setMilliseconds(1000);
    const lastYear = moment.getFullYear() + furthestYears;
    // Each step moves to the start of the next month, day, hour, minute or second, the largest that does not fit.
    while (moment.getFullYear() <= lastYear) {
      const before = moment.getTime();
      if (!this.#allows(4, moment.getMonth() + 1)) toNextMonth(moment);
      else if (!this.#allows(3, moment.getDate()) || !this.#allows(5, moment.getDay())) toNextDay(moment);
      else if (!this.#allows(2, moment.getHours())) moment.setTime(nextMultiple(before, 3_600_000, moment));
      else if (!this.#allows(1, moment.getMinutes())) moment.setTime(nextMultiple(before, 60_000, moment));
      else if (!this.#allows(0, moment.getSeconds())) moment.setTime(before + 1000);
      else return before;
    }
    return undefined;
  }

  #allows(field: number, value: number): boolean {
    return this.#sets[field]?.has(value) ?? false;
  }
}

function toNextMonth(moment: Date): void {
  moment.setMonth(moment.getMonth() + 1, 1);
  moment.setHours(0, 0, 0, 0);
}

function toNextDay(moment: Date): void {
  moment.setDate(moment.getDate() + 1);
  moment.setHours(0, 0, 0, 0);
}

/** Moves by absolute time, so that a clock change can neither repeat nor stop the search. */
function nextMultiple(nowMs: number, unitInMs: number, moment: Date): number {
  const offsetInMs = moment.getTimezoneOffset() * 60_000;
  return Math.floor((nowMs - offsetInMs) / unitInMs + 1) * unitInMs + offsetInMs;
}
