import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Control {
  readonly port: number;
  stop(): Promise<void>;
}

/** `POST /save` on 127.0.0.1: 200 once everything acknowledged so far is saved, 500 with the reason if it is not. */
export async function startControl(port: number, save: () => Promise<void>): Promise<Control> {
  const server = createServer((request, response) => {
    request.resume();
    if (request.method !== 'POST' || request.url !== '/save') {
      response.writeHead(404).end('Only POST /save is answered here.\n');
      return;
    }
    save().then(
      () => response.writeHead(200).end(),
      (error: unknown) =>
        response.writeHead(500).end(`${error instanceof Error ? error.message : 'not saved'}\n`),
    );
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(port, '127.0.0.1', resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeIdleConnections();
      }),
  };
}
