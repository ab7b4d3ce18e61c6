import { type AddressInfo, createServer, type Socket } from 'node:net';
import { PairedSockets } from '../stack/paired-sockets';

/** Passes bytes on between a client and a server of this machine, and keeps all that it saw. */
export class ListeningRelay {
  readonly #seen: Buffer[] = [];
  readonly #sockets = new PairedSockets();
  readonly #server = createServer((client) => {
    if (this.#isCut) client.destroy();
    else this.#relay(client);
  });
  #isCut = false;

  private constructor(private readonly port: number) {}

  static async open(port: number): Promise<ListeningRelay> {
    const relay = new ListeningRelay(port);
    await new Promise<void>((resolve) => relay.#server.listen(0, '127.0.0.1', resolve));
    return relay;
  }

  get address(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  get seen(): Buffer {
    return Buffer.concat(this.#seen);
  }

  /** From here on nobody gets through, until it is mended. */
  cut(): void {
    this.#isCut = true;
    this.#sockets.cut();
  }

  mend(): void {
    this.#isCut = false;
  }

  async close(): Promise<void> {
    this.#sockets.cut();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #relay(client: Socket): void {
    const server = this.#sockets.lead(client, this.port);
    for (const socket of [client, server]) socket.on('data', (bytes) => this.#seen.push(Buffer.from(bytes)));
    client.pipe(server).pipe(client);
  }
}
