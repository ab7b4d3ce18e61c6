import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

/** A port of this machine that passes everything on, and keeps what went through it: what a sniffer on the wire would see. */
export class TappedPort {
  readonly #sockets = new Set<Socket>();
  readonly #seen: Buffer[] = [];

  private constructor(private readonly server: Server) {}

  static async open(toPort: number): Promise<TappedPort> {
    const server = createServer();
    const tapped = new TappedPort(server);
    server.on('connection', (left) => {
      const right = connect(toPort, '127.0.0.1');
      tapped.#join(left, right);
      tapped.#join(right, left);
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return tapped;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  /** Everything that went either way. */
  get bytes(): Buffer {
    return Buffer.concat(this.#seen);
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    this.server.close();
    await once(this.server, 'close');
  }

  #join(from: Socket, to: Socket): void {
    this.#sockets.add(from);
    from.on('data', (chunk: Buffer) => {
      this.#seen.push(chunk);
      to.write(chunk);
    });
    from.on('close', () => {
      this.#sockets.delete(from);
      to.destroy();
    });
    from.on('error', () => to.destroy());
  }
}
