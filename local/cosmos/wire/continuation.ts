import { z } from 'zod';
import { badRequest } from '../failure';

/** Where a query goes on: behind a document, or behind so many results of a query that has to be run as a whole. */
export const Continuation = z.object({
  /** Results that OFFSET and TOP have counted already. */
  passed: z.int().min(0),
  after: z.object({ partition: z.string(), id: z.string() }).optional(),
});
export type Continuation = z.infer<typeof Continuation>;

export function writeContinuation(continuation: Continuation): string {
  return Buffer.from(JSON.stringify(continuation)).toString('base64url');
}

export function readContinuation(token: string | undefined): Continuation | undefined {
  if (token === undefined || token === '') return undefined;
  const parsed = Continuation.safeParse(jsonIn(token));
  if (!parsed.success) throw badRequest('Invalid Continuation Token.');
  return parsed.data;
}

function jsonIn(token: string): unknown {
  try {
    return JSON.parse(Buffer.from(token, 'base64url').toString());
  } catch {
    return undefined;
  }
}
