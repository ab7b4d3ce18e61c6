import { type HttpCookie } from '../core/core-types';

/** The text of a `set-cookie` header. */
export function cookieHeader(cookie: HttpCookie): string {
  const parts = [`${cookie.name ?? ''}=${encodeURIComponent(cookie.value ?? '')}`];
  const seconds = cookie.expires?.value?.seconds;
  if (seconds !== undefined) parts.push(`expires=${new Date(Number(seconds) * 1000).toUTCString()}`);
  if (cookie.maxAge?.value !== undefined) parts.push(`max-age=${cookie.maxAge.value}`);
  if (cookie.domain?.value !== undefined) parts.push(`domain=${cookie.domain.value}`);
  parts.push(`path=${cookie.path?.value ?? '/'}`);
  if (cookie.secure?.value === true) parts.push('secure');
  if (cookie.httpOnly?.value === true) parts.push('httponly');
  const sameSite = sameSiteNames[String(cookie.sameSite ?? '').toLowerCase()];
  if (sameSite !== undefined) parts.push(`samesite=${sameSite}`);
  return parts.join('; ');
}

/** The library sends the wire enumeration, by name or by number. */
const sameSiteNames: Readonly<Record<string, string>> = {
  lax: 'lax',
  strict: 'strict',
  explicitnone: 'none',
  '1': 'lax',
  '2': 'strict',
  '3': 'none',
};
