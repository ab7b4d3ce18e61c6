import type { ApiRequest } from './exchange';

/** Scheme and host as the caller knows them, behind a proxy too: the answers carry absolute addresses. */
export function publicAddress(request: ApiRequest): string {
  const url = new URL(request.url);
  const scheme = firstOf(request, 'x-forwarded-proto') ?? url.protocol.replace(':', '');
  const host = firstOf(request, 'x-forwarded-host') ?? request.headers.get('host') ?? url.host;
  const isSane = /^https?$/.test(scheme) && /^[\w.:[\]-]+$/.test(host);
  return isSane ? `${scheme}://${host}` : url.origin;
}

function firstOf(request: ApiRequest, header: string): string | undefined {
  const first = request.headers.get(header)?.split(',')[0]?.trim();
  return first === undefined || first === '' ? undefined : first;
}
