/** Our own mistake, found before it could do harm. Never caught, never shown to a caller as his. */
export class BrokenInvariant extends Error {
  override readonly name = 'BrokenInvariant';
}

/** Refuses to go on when something that must hold does not: better no write than a wrong one. */
export function assert(condition: boolean, broken: string): asserts condition {
  if (!condition) throw new BrokenInvariant(broken);
}

/** What must be there by construction, or our own mistake. */
export function present<T>(value: T | null | undefined, what: string): T {
  if (value === null || value === undefined) throw new BrokenInvariant(`${what} is missing`);
  return value;
}
