import { LifeboatError } from '../../errors';

const oldest = '2016-08-10';

/** The version asked for. Every one that Site Recovery ever had is answered in the newest shape. */
export function apiVersionOf(query: URLSearchParams): string {
  const version = query.get('api-version');
  if (version === null || version === '') {
    throw new LifeboatError('MissingApiVersionParameter', 'The query parameter api-version is missing.', {
      target: 'api-version',
    });
  }
  const isDate = /^\d{4}-\d{2}-\d{2}(-preview)?$/.test(version);
  if (!isDate || Number.isNaN(Date.parse(version.slice(0, 10))) || version < oldest) {
    throw new LifeboatError(
      'UnsupportedApiVersion',
      `The api-version is a date from ${oldest} on, such as 2023-06-01.`,
      { target: 'api-version' },
    );
  }
  return version;
}
