import type { HealthError } from '../../contracts/catalogue/resource';

/** A time as the API writes it; null where there is none. */
export function wireTime(timeInMs: number | undefined): string | null {
  return timeInMs === undefined ? null : new Date(timeInMs).toISOString();
}

/** Health errors as the API writes them. */
export function presentHealthErrors(errors: readonly HealthError[]): readonly Record<string, unknown>[] {
  return errors.map((error) => ({
    innerHealthErrors: [],
    errorSource: 'lifeboat',
    errorType: error.category,
    errorLevel: error.level,
    errorCategory: error.category,
    errorCode: error.code,
    summaryMessage: error.summary,
    errorMessage: error.message,
    possibleCauses: error.causes,
    recommendedAction: error.action,
    creationTimeUtc: wireTime(error.createdAtInMs),
    recoveryProviderErrorMessage: null,
    entityId: null,
    errorId: error.id,
    customerResolvability: error.resolvable ? 'Allowed' : 'NotAllowed',
  }));
}

/** The last name of an ARM id, or the whole of what is none. */
export function lastName(id: string | undefined): string {
  return id?.split('/').at(-1) ?? '';
}
