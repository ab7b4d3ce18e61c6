import { ErrorResponse } from '@azure/cosmos';
import { type ErrorCode, LifeboatError } from '../../errors';

const codes: Readonly<Record<number, ErrorCode>> = {
  404: 'NotFound',
  409: 'Conflict',
  412: 'PreconditionFailed',
  413: 'BadRequest',
};

/** The status the service answered with, if it was the service that refused. */
export function statusOf(error: unknown): number | undefined {
  return error instanceof ErrorResponse && typeof error.code === 'number' ? error.code : undefined;
}

/** Names what the caller can act on; everything else passes as it is. */
export async function refusing<T>(what: string, request: Promise<T>): Promise<T> {
  try {
    return await request;
  } catch (error) {
    const code = codes[statusOf(error) ?? 0];
    if (code === undefined) throw error;
    throw new LifeboatError(code, `${what}: the catalogue answered ${statusOf(error)}`, { cause: error });
  }
}
