import { badRequest, type Failure } from '../failure';

/** The service wraps what is wrong with a query into JSON within its message. */
export function queryError(
  code: string,
  message: string,
  location: { readonly start: number; readonly end: number } = { start: 0, end: 0 },
): Failure {
  const errors = [{ severity: 'Error', location, code, message }];
  return badRequest(`One of the input values is invalid. ${JSON.stringify({ errors })}`);
}
