import { type KeyStore } from '../config/key-store';
import { type HttpData, type TraceContext, type TypedData } from '../core/core-types';
import { type Invoke } from '../core/invoker';
import { cookieHeader } from './cookie-header';
import { type Exchange, type Handler, keyOf, type Reply } from './exchange';
import { type HttpRoute, matchRoute } from './http-routes';
import { type RouteValues } from './route-template';

export interface HttpFunctionsOptions {
  readonly routes: readonly HttpRoute[];
  readonly keyStore: KeyStore;
  readonly ignoreKeys: boolean;
  readonly invoke: Invoke;
}

/** Serves the app's HTTP functions. */
export function httpFunctions({ routes, keyStore, ignoreKeys, invoke }: HttpFunctionsOptions): Handler {
  return async (exchange) => {
    const found = matchRoute(routes, exchange.method, exchange.segments);
    if (found === undefined) return undefined;
    const { route, values } = found;
    if (!ignoreKeys && !mayCall(route, keyStore, exchange)) return { status: 401 };
    const data = { http: await toHttpData(exchange, values) };
    const traceContext = traceContextOf(exchange);
    try {
      const response = await invoke(route.registered, {
        reason: 'This function was programmatically called via the host APIs.',
        data,
        ...(traceContext === undefined ? {} : { traceContext }),
      });
      return toReply(response.returnValue ?? outputOf(response.outputData));
    } catch {
      // The invocation is in the log; the caller learns nothing of it, as with the real host.
      return { status: 500 };
    }
  };
}

function mayCall(route: HttpRoute, keyStore: KeyStore, exchange: Exchange): boolean {
  if (route.authLevel === 'anonymous') return true;
  const key = keyOf(exchange);
  if (route.authLevel === 'admin') return keyStore.isMaster(key);
  return keyStore.opensFunction(route.registered.name, key);
}

async function toHttpData(exchange: Exchange, values: RouteValues): Promise<HttpData> {
  const query: Record<string, string> = {};
  for (const [name, value] of exchange.query) {
    const earlier = Object.hasOwn(query, name) ? query[name] : undefined;
    query[name] = earlier === undefined ? value : `${earlier},${value}`;
  }
  return {
    method: exchange.method,
    url: exchange.url,
    nullableHeaders: nullable(exchange.headers),
    nullableQuery: nullable(query),
    nullableParams: nullable(values),
    body: { bytes: await exchange.body() },
  };
}

function nullable(values: Readonly<Record<string, string>>): Record<string, { value: string }> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, { value }]));
}

function traceContextOf({ headers }: Exchange): TraceContext | undefined {
  const traceParent = headers['traceparent'];
  if (traceParent === undefined) return undefined;
  return { traceParent, traceState: headers['tracestate'] ?? '', attributes: {} };
}

function outputOf(
  outputs: readonly { readonly name: string; readonly data: TypedData }[] | undefined,
): TypedData | undefined {
  return outputs?.find((output) => output.data.http !== undefined)?.data;
}

function toReply(data: TypedData | undefined): Reply {
  const http = data?.http;
  if (http === undefined) return { status: 204 };
  return {
    status: Number(http.statusCode ?? 200),
    headers: http.headers ?? {},
    cookies: (http.cookies ?? []).map(cookieHeader),
    ...(http.body?.bytes === undefined ? {} : { body: http.body.bytes }),
  };
}
