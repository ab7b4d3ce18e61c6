import type { PipelinePolicy } from '@azure/core-rest-pipeline';

/** Says each request with its answer, its time and the id by which the service's log knows it. Never a token. */
export function requestLog(say: (line: string) => void, now: () => number): PipelinePolicy {
  return {
    name: 'lifeboatRequestLog',
    sendRequest: async (request, next) => {
      const startedAt = now();
      const { pathname, search } = new URL(request.url);
      const response = await next(request).catch((error: unknown) => {
        say(`${request.method} ${pathname}${search} failed: ${String(error)}`);
        throw error;
      });
      const id = response.headers.get('x-ms-request-id') ?? '-';
      say(
        `${request.method} ${pathname}${search} ${response.status} ${now() - startedAt} ms request-id=${id} client-request-id=${request.requestId}`,
      );
      return response;
    },
  };
}
