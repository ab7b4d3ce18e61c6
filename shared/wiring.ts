import type { HttpRequest, HttpResponseInit } from '@azure/functions';
import { readSettings, type Settings } from './settings';

/** Everything a trigger may call, put together once per process. */
export interface Wiring {
  readonly settings: Settings;
  readonly api: (request: HttpRequest) => Promise<HttpResponseInit>;
}

let wired: Wiring | undefined;

/** The one place that chooses implementations. Built at the first use, so that a wrong setting fails a call, not the load. */
export function wiring(): Wiring {
  wired ??= wire(readSettings());
  return wired;
}

function wire(settings: Settings): Wiring {
  return {
    settings,
    api: (request) =>
      Promise.resolve(
        new URL(request.url).pathname === '/api/health'
          ? { status: 200, jsonBody: { status: 'healthy' } }
          : {
              status: 404,
              jsonBody: { error: { code: 'NotFound', message: 'There is nothing at this address.' } },
            },
      ),
  };
}
