import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { StoreError } from '../../store';
import { badRequest, Failure } from '../failure';
import { authorize } from './authorization';
import { type Answer, readRequest, type Request } from './request';
import { route } from './routes';
import type { Service } from './service';
import type { Throttle } from './throttle';

export interface ServerOptions {
  readonly service: Service;
  readonly key: string;
  readonly throttle: Throttle;
}

/** Clients keep connections; one that we closed a moment before they use it costs them a retry. */
const keepAliveInMs = 120_000;

export function createCatalogueServer(options: ServerOptions): Server {
  const server = createServer((message, response) => {
    void respond(message, response, options);
  });
  server.keepAliveTimeout = keepAliveInMs;
  server.on('clientError', (_, socket) => {
    if (socket.writable)
      socket.end('HTTP/1.1 400 Bad Request\r\nconnection: close\r\ncontent-length: 0\r\n\r\n');
    else socket.destroy();
  });
  return server;
}

async function respond(
  message: IncomingMessage,
  response: ServerResponse,
  options: ServerOptions,
): Promise<void> {
  const answer = await answerTo(message, options).catch(refusal);
  const headers: Record<string, string> = {
    'content-type': 'application/json',
    'x-ms-activity-id': activityOf(message),
    'x-ms-request-charge': '1',
    'x-ms-version': '2020-07-15',
    ...answer.headers,
  };
  if (answer.body !== undefined) headers['content-length'] = String(Buffer.byteLength(answer.body));
  response.writeHead(answer.status, headers).end(answer.body);
}

async function answerTo(
  message: IncomingMessage,
  { service, key, throttle }: ServerOptions,
): Promise<Answer> {
  const request = await readRequest(message);
  if (request.path[0] === '_admin') return administer(request, key, throttle);
  authorize(request, key);
  throttle.pass(request);
  return route(service, request);
}

/** Not of the service: how tests ask for faults from outside. */
function administer(request: Request, key: string, throttle: Throttle): Answer {
  if (request.header('x-admin-key') !== key)
    throw new Failure(401, 'Unauthorized', 'x-admin-key is not the key.');
  if (request.method !== 'PUT' || request.path[1] !== 'throttle') {
    throw new Failure(404, 'NotFound', 'There is only PUT /_admin/throttle.');
  }
  throttle.setBy(request);
  return { status: 204 };
}

function refusal(error: unknown): Answer {
  const failure = failureOf(error);
  return {
    status: failure.status,
    headers: failure.headers,
    body: JSON.stringify({ code: failure.code, message: failure.message }),
  };
}

function failureOf(error: unknown): Failure {
  if (error instanceof Failure) return error;
  const message = error instanceof Error ? error.message : String(error);
  if (error instanceof RangeError && error.message.includes('call stack')) {
    return badRequest('The request is nested too deeply.');
  }
  if (error instanceof StoreError) return new Failure(503, 'ServiceUnavailable', message);
  console.error('cosmos: a request failed', error);
  return new Failure(500, 'InternalServerError', message);
}

function activityOf({ headers }: IncomingMessage): string {
  const given = headers['x-ms-activity-id'];
  return typeof given === 'string' ? given : randomUUID();
}
