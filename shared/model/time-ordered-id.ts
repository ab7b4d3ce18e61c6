/**
 * A UUID (version 7) that sorts by when it was made: its first 48 bits are the time. What is named so is listed newest
 * first by its id alone.
 */
export function timeOrderedId(timeInMs: number, randomUuid: string): string {
  const time = Math.floor(timeInMs).toString(16).padStart(12, '0').slice(-12);
  const random = randomUuid.toLowerCase();
  return `${time.slice(0, 8)}-${time.slice(8)}-7${random.slice(15)}`;
}

const ticksPerMs = 10_000n;
const ticksAtUnixEpoch = 621_355_968_000_000_000n;

/** Time as .NET counts it, 100 ns since year 1: always 18 digits, so that names made of it sort by time. */
export function ticksOf(timeInMs: number): string {
  return (BigInt(Math.floor(timeInMs)) * ticksPerMs + ticksAtUnixEpoch).toString();
}
