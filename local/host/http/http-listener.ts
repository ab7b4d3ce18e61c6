import http, { type IncomingMessage, type ServerResponse } from 'node:http';
import https from 'node:https';
import { type AddressInfo, type Socket } from 'node:net';
import { HostError, describeThrown } from '../host-error';
import { type LogSink } from '../log/logger';
import { BodyTooLarge, type Handler, type Reply } from './exchange';
import { readRequest } from './read-request';

export interface HttpListenerOptions {
  readonly port: number;
  /** The option a person would change, for messages. */
  readonly portOption: string;
  readonly tls?: { readonly certificate: Buffer; readonly privateKey: Buffer };
  readonly maxBodyBytes: number;
  readonly handler: Handler;
  readonly log: LogSink;
}

export interface HttpListener {
  readonly port: number;
  /** No new connections; resolves when every answer is out, or cuts what is left after the time. */
  close(graceInMs: number): Promise<void>;
}

/** Kestrel's limits, so that what is refused in Azure is refused here. */
const serverOptions = { maxHeaderSize: 32 * 1024, keepAliveTimeout: 130_000 };

/** Only ever on the loopback interface. */
const address = '127.0.0.1';

export async function listenHttp(options: HttpListenerOptions): Promise<HttpListener> {
  const { tls } = options;
  const server =
    tls === undefined
      ? http.createServer(serverOptions)
      : https.createServer({ ...serverOptions, cert: tls.certificate, key: tls.privateKey });
  server.on('clientError', refuseMalformed);
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) => reject(describeListenError(error, options)));
    server.listen(options.port, address, resolve);
  });
  const { port } = server.address() as AddressInfo;
  const scheme = tls === undefined ? 'http' : 'https';
  const fallbackHost = `${address}:${port}`;
  let isClosing = false;
  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    // A connection kept alive would hold the host back after its last answer.
    response.once('finish', () => isClosing && setImmediate(() => server.closeIdleConnections()));
    void answer(request, response, { ...options, scheme, fallbackHost });
  });
  return {
    port,
    close: (graceInMs) => {
      isClosing = true;
      return closeServer(server, graceInMs);
    },
  };
}

type AnswerOptions = HttpListenerOptions & {
  readonly scheme: 'http' | 'https';
  readonly fallbackHost: string;
};

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  options: AnswerOptions,
): Promise<void> {
  try {
    const exchange = readRequest(request, options);
    if ('refused' in exchange) return send(response, { status: exchange.refused });
    send(response, (await options.handler(exchange)) ?? { status: 404 });
  } catch (error) {
    if (error instanceof BodyTooLarge) {
      response.setHeader('connection', 'close');
      return send(response, { status: 413 });
    }
    // A caller who went away needs no answer and is no news.
    if (request.destroyed && !response.writable) return;
    if (!request.complete && request.errored !== null) return;
    options.log('error', 'Host.Http', `${request.method ?? ''} failed: ${describeThrown(error)}`);
    if (!response.headersSent) send(response, { status: 500 });
  }
}

function send(response: ServerResponse, { status, headers = {}, cookies = [], body }: Reply): void {
  response.statusCode = status;
  for (const [name, value] of Object.entries(headers)) {
    if (!/^(transfer-encoding|connection|content-length|set-cookie)$/i.test(name))
      response.setHeader(name, value);
  }
  const setCookie = headers['set-cookie'];
  const allCookies = [...(setCookie === undefined ? [] : [setCookie]), ...cookies];
  if (allCookies.length > 0) response.setHeader('set-cookie', allCookies);
  response.end(body ?? '');
}

function refuseMalformed(error: Error & { code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) return void socket.destroy();
  const status =
    error.code === 'HPE_HEADER_OVERFLOW' ? '431 Request Header Fields Too Large' : '400 Bad Request';
  socket.end(`HTTP/1.1 ${status}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n`);
}

function describeListenError(error: Error & { code?: string }, options: HttpListenerOptions): Error {
  if (error.code !== 'EADDRINUSE' && error.code !== 'EACCES') return error;
  const reason = error.code === 'EADDRINUSE' ? 'is already in use' : 'may not be used by this user';
  return new HostError(`Port ${options.port} ${reason}. Choose another with ${options.portOption}.`);
}

async function closeServer(server: http.Server | https.Server, graceInMs: number): Promise<void> {
  const cut = setTimeout(() => server.closeAllConnections(), graceInMs);
  await new Promise<void>((resolve) => {
    server.close(() => resolve());
    server.closeIdleConnections();
  });
  clearTimeout(cut);
}
