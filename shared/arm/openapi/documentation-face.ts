import type { ApiAnswer, ApiRequest } from '../http/exchange';
import { openApi } from './open-api';
import { referencePage } from './reference-page';

interface DocumentationFace {
  readonly prefix: string;
  handle(request: ApiRequest): Promise<ApiAnswer>;
}

const html = {
  'Content-Type': 'text/html; charset=utf-8',
  'Content-Security-Policy':
    "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'",
  'X-Content-Type-Options': 'nosniff',
};

/** What anybody may read: that the service is up, and what its API is. */
export function documentation(
  more: () => Record<string, Record<string, object>> = () => ({}),
): readonly DocumentationFace[] {
  let description: object | undefined;
  const described = (): object => (description ??= openApi(more()));
  const page = (prefix: string, answer: () => ApiAnswer): DocumentationFace => ({
    prefix,
    handle: (request) =>
      Promise.resolve(
        request.method === 'GET' || request.method === 'HEAD'
          ? answer()
          : { status: 405, headers: { Allow: 'GET, HEAD' } },
      ),
  });
  return [
    page('/api/health', () => ({ status: 200, jsonBody: { status: 'healthy' } })),
    page('/openapi.json', () => ({ status: 200, jsonBody: described() })),
    page('/docs', () => ({ status: 200, headers: html, body: referencePage() })),
  ];
}
