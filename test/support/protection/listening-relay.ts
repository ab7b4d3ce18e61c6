import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

/** Passes bytes on between a client and a server of this machine, and keeps all that it saw. */
export class ListeningRelay {
  readonly #seen: Buffer[] = [];
  readonly #sockets = new Set<Socket>();
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
    for (const socket of this.#sockets) socket.destroy();
  }

  mend(): void {
    this.#isCut = false;
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #relay(client: Socket): void {
    const server = connect(this.port, '127.0.0.1');
    for (const [from, to] of [
      [client, server],
      [server, client],
    ] as const) {
      this.#sockets.add(from);
      from.on('data', (bytes) => this.#seen.push(Buffer.from(bytes)));
      from.on('error', () => to.destroy());
      from.on('close', () => this.#sockets.delete(from));
      from.pipe(to);
    }
  }
}
