import { z } from 'zod';

/** Sequence numbers are AMQP longs: rhea gives a number, or eight bytes beyond 2^53. */
export const sequenceNumber = z
  .union([z.number(), z.instanceof(Buffer)])
  .transform((value) =>
    typeof value === 'number' || value.length < 8 ? Number(value) : Number(value.readBigInt64BE(0)),
  )
  .pipe(z.int());

export const lockTokens = z
  .array(z.instanceof(Buffer).refine(({ length }) => length === 16, 'is not a UUID'))
  .transform((tokens) => tokens.map((token) => token.toString('hex')));

export const sessionId = z.string();

export const optionalSessionId = z
  .string()
  .nullish()
  .transform((value) => value ?? null);
