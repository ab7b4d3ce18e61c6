import { createServer, type Server } from 'node:https';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { badRequest, Failure } from '../failure';
import type { Cloud } from '../work/cloud';
import type { Worker } from '../work/worker';
import { administer, type Administration } from './administer';
import type { Authorize } from './authorize';
import { readRequest, type Answer, type Request } from './request';
import { operationName, route } from './route';

export interface ServerOptions {
  readonly cloud: Cloud;
  readonly worker: Worker;
  readonly authorize: Authorize;
  readonly administration: Administration;
  readonly certificate: string;
  readonly key: string;
}

export function createArmServer(options: ServerOptions): Server {
  const server = createServer({ cert: options.certificate, key: options.key }, (message, response) => {
    void respond(message, response, options);
  });
  server.keepAliveTimeout = 60_000;
  server.on('tlsClientError', (_, socket) => socket.destroy());
  return server;
}

async function respond(
  message: IncomingMessage,
  response: ServerResponse,
  options: ServerOptions,
): Promise<void> {
  const origin = `https://127.0.0.1:${(message.socket.address() as AddressInfo).port}`;
  const answer = await readRequest(message, origin)
    .then((request) => answerTo(request, options))
    .catch(refusal);
  if (answer === 'lost') return void message.socket.destroy();
  const requestId = options.cloud.uuid();
  const text = typeof answer.body === 'string' ? answer.body : JSON.stringify(answer.body);
  response
    .writeHead(answer.status, {
      ...(answer.body !== undefined && {
        'content-type': typeof answer.body === 'string' ? 'text/plain' : 'application/json; charset=utf-8',
      }),
      'x-ms-request-id': requestId,
      'x-ms-correlation-request-id': requestId,
      ...answer.headers,
    })
    .end(text);
}

async function answerTo(request: Request, options: ServerOptions): Promise<Answer | 'lost'> {
  const { cloud, worker, authorize, administration } = options;
  const [first, second = ''] = request.path;
  if (first === '_console') return { status: 200, body: (await cloud.room.look(second)).console };
  await authorize(request);
  if (first === '_admin') return administer(administration, request);
  const fault = cloud.faults.next(operationName(request));
  if (fault?.kind === 'refuse') throw new Failure(fault.status, fault.code, fault.message);
  const answer = await route({ cloud, worker, request, fault });
  return fault?.kind === 'loseAnswer' ? 'lost' : answer;
}

function refusal(error: unknown): Answer {
  const failure = failureOf(error);
  return { status: failure.status, body: { error: { code: failure.code, message: failure.message } } };
}

function failureOf(error: unknown): Failure {
  if (error instanceof Failure) return error;
  if (error instanceof URIError) return badRequest('InvalidRequestUri', 'The request uri is malformed.');
  console.error('arm: a request failed', error);
  return new Failure(500, 'InternalServerError', error instanceof Error ? error.message : String(error));
}
