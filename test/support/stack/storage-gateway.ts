import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer as createSecureServer } from 'node:https';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { PairedSockets } from './paired-sockets';

/** Stands before a storage account of a stack: passes all on, or answers every request itself with a status. */
export class StorageGateway {
  readonly #sockets = new PairedSockets();
  readonly #server = createServer((client) => {
    const server = this.#sockets.lead(client, this.#to);
    client.pipe(server).pipe(client);
  });
  #refusing: Server | undefined;
  #to: number;

  private constructor(private readonly port: number) {
    this.#to = port;
  }

  static async open(port: number): Promise<StorageGateway> {
    const gateway = new StorageGateway(port);
    gateway.#server.listen(0, '127.0.0.1');
    await once(gateway.#server, 'listening');
    return gateway;
  }

  get address(): number {
    return portOf(this.#server);
  }

  /** With the certificate of the stack whose data is in this folder. */
  async refuse(dataFolder: string, status: number, code: string): Promise<void> {
    const read = (name: string): Buffer => readFileSync(join(dataFolder, 'authority', name));
    const options = { cert: read('server.pem'), key: read('server.key') };
    this.#refusing = createSecureServer(options, (request, response) => {
      request.resume();
      response.writeHead(status, { 'x-ms-error-code': code }).end();
    });
    this.#refusing.listen(0, '127.0.0.1');
    await once(this.#refusing, 'listening');
    this.#lead(portOf(this.#refusing));
  }

  passAgain(): void {
    this.#lead(this.port);
    this.#refusing?.close();
  }

  async close(): Promise<void> {
    this.passAgain();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #lead(port: number): void {
    this.#to = port;
    this.#sockets.cut();
  }
}

function portOf(server: Server): number {
  return (server.address() as AddressInfo).port;
}
