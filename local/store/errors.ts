/** Why a store refused. Callers need no more than these to decide what to do. */
export type StoreErrorCode =
  'alreadyOpen' | 'newerSchema' | 'unreadable' | 'writeFailed' | 'closed' | 'misused';

export class StoreError extends Error {
  override readonly name = 'StoreError';
  constructor(
    readonly code: StoreErrorCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
