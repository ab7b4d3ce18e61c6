import { type SqlFunction, taking } from './function';

const ticksPerMs = 10_000;
const ticksBefore1970 = 621_355_968_000_000_000;
const furthestInMs = 8_640_000_000_000_000;

export const dateFunctions: Readonly<Record<string, SqlFunction>> = {
  GETCURRENTTIMESTAMP: taking(0, (_, nowInMs) => nowInMs),
  GETCURRENTDATETIME: taking(0, (_, nowInMs) => dateOf(nowInMs)),
  GETCURRENTTICKS: taking(0, (_, nowInMs) => nowInMs * ticksPerMs + ticksBefore1970),
  DATETIMETOTIMESTAMP: taking(1, ([date]) => {
    const inMs = typeof date === 'string' ? Date.parse(date) : Number.NaN;
    return Number.isNaN(inMs) ? undefined : inMs;
  }),
  TIMESTAMPTODATETIME: taking(1, ([inMs]) =>
    typeof inMs === 'number' && Math.abs(inMs) <= furthestInMs ? dateOf(inMs) : undefined,
  ),
};

/** The service writes seven digits after the second. */
function dateOf(inMs: number): string {
  return new Date(inMs).toISOString().replace('Z', '0000Z');
}
