import { amqp, type Typed } from '../encoding/amqp-types';
import { type RheaSender } from './rhea-internals';

export const sessionFilterName = 'com.microsoft:session-filter';
const timeoutName = 'com.microsoft:timeout';
const usualTimeoutInMs = 60_000;
const longestTimeoutInMs = 24 * 60 * 60_000;
const ticksPerMs = 10_000n;
const ticksAtUnixEpoch = 621_355_968_000_000_000n;

/** Which session an attach asks for; null when it asks for none. */
export function sessionRequestOf(
  link: RheaSender,
): { readonly sessionId: string | null; readonly timeoutInMs: number } | null {
  const filter = link.source?.filter;
  if (typeof filter !== 'object' || filter === null || !Object.hasOwn(filter, sessionFilterName)) return null;
  const wanted = plain((filter as Record<string, unknown>)[sessionFilterName]);
  const timeout = plain(link.properties?.[timeoutName]);
  return {
    sessionId: typeof wanted === 'string' ? wanted : null,
    timeoutInMs: typeof timeout === 'number' ? Math.min(timeout, longestTimeoutInMs) : usualTimeoutInMs,
  };
}

/** The end of a lock as .NET counts time. */
export function lockedUntilTicks(timeMs: number): Typed {
  const bytes = Buffer.alloc(8);
  bytes.writeBigInt64BE(BigInt(timeMs) * ticksPerMs + ticksAtUnixEpoch);
  return amqp.wrap_long(bytes);
}

/** Some clients describe the filter's value. */
function plain(value: unknown): unknown {
  const isTyped = typeof value === 'object' && value !== null && 'value' in value;
  return isTyped ? value.value : value;
}
