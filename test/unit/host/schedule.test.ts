import fc from 'fast-check';
import { parseSchedule } from '../../../local/host/timer/schedule';

const at = (text: string) => new Date(text).getTime();
const next = (schedule: string, after: string) => {
  const found = parseSchedule(schedule).next(at(after));
  return found === undefined ? undefined : new Date(found);
};

describe('a schedule', () => {
  it.each([
    ['* * * * * *', '2026-01-01T00:00:00.300', '2026-01-01T00:00:01'],
    ['0 */5 * * * *', '2026-01-01T00:00:00', '2026-01-01T00:05:00'],
    ['*/5 * * * *', '2026-01-01T00:03:10', '2026-01-01T00:05:00'],
    ['30 15 9 * * MON-FRI', '2026-01-02T10:00:00', '2026-01-05T09:15:30'],
    ['0 0 0 29 2 *', '2026-01-01T00:00:00', '2028-02-29T00:00:00'],
    ['0 0 12 13 * friday', '2026-01-01T00:00:00', '2026-02-13T12:00:00'],
    ['0 0 8-10/2 1,15 jan *', '2026-01-15T08:00:00', '2026-01-15T10:00:00'],
    ['0 30/10 * * * *', '2026-01-01T00:31:00', '2026-01-01T00:40:00'],
    ['0 0 0 1 1 *', '2026-12-31T23:59:59.999', '2027-01-01T00:00:00'],
    ['00:00:05', '2026-01-01T00:00:01', '2026-01-01T00:00:06'],
    ['1.00:00:00', '2026-01-01T00:00:01', '2026-01-02T00:00:01'],
  ])('%s after %s fires at %s', (schedule, after, expected) => {
    expect(next(schedule, after)).toEqual(new Date(expected));
  });

  it.each([
    ['', 'expected 6 fields'],
    ['* * * *', 'got 4'],
    ['60 * * * * *', 'second "60"'],
    ['* * 24 * * *', 'hour "24"'],
    ['* * * 0 * *', 'day "0"'],
    ['* * * * 13 *', 'month "13"'],
    ['* * * * * 7', 'day of week "7"'],
    ['* * * ? * *', 'day "?"'],
    ['* 5-1 * * * *', 'runs backwards'],
    ['*/0 * * * * *', 'step of zero'],
    ['0 0 0 31 2 *', 'no such day'],
    ['00:00:00', 'longer than zero'],
    ['* * * * * mo', 'day of week "mo"'],
  ])('refuses "%s"', (schedule, reason) => {
    expect(() => parseSchedule(schedule)).toThrow(reason);
  });

  it('remembers runs only when a minute or more lies between them', () => {
    expect(parseSchedule('*/10 * * * * *').isMonitored).toBe(false);
    expect(parseSchedule('0 * * * * *').isMonitored).toBe(true);
    expect(parseSchedule('00:00:59').isMonitored).toBe(false);
    expect(parseSchedule('00:01:00').isMonitored).toBe(true);
  });

  // Method: the next moment is after the asked one, fits the fields, and no second in between would have fitted.
  it('never leaves a slot out', () => {
    const minutes = fc.integer({ min: 1, max: 30 });
    fc.assert(
      fc.property(minutes, fc.integer({ min: 0, max: 86_400 * 365 }), (step, second) => {
        const afterMs = at('2026-01-01T00:00:00') + second * 1000;
        const foundMs = parseSchedule(`0 */${step} * * * *`).next(afterMs) ?? 0;
        let expectedMs = Math.floor(afterMs / 60_000) * 60_000 + 60_000;
        while (new Date(expectedMs).getMinutes() % step !== 0) expectedMs += 60_000;
        expect(foundMs).toBe(expectedMs);
      }),
    );
  });
});
