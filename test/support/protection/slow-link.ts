import { createServer, type Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { PairedSockets } from '../stack/paired-sockets';

/** Another address of this machine. */
export const slowHost = '127.0.0.2';

/** The way to a server of this machine by another address: whoever comes by it hears each of its words late. */
export class SlowLink {
  readonly #sockets = new PairedSockets();
  readonly #server = createServer((client) => this.#pass(client));

  private constructor(
    private readonly port: number,
    private readonly delayInMs: number,
  ) {}

  static async open(port: number, delayInMs: number): Promise<SlowLink> {
    const link = new SlowLink(port, delayInMs);
    await new Promise<void>((resolve) => link.#server.listen(port, slowHost, resolve));
    return link;
  }

  async close(): Promise<void> {
    this.#sockets.cut();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #pass(client: Socket): void {
    const server = this.#sockets.lead(client, this.port);
    client.pipe(server);
    let said = Promise.resolve();
    server.on('data', (bytes) => {
      const isDue = pause(this.delayInMs);
      said = said.then(() => isDue).then(() => void client.write(bytes));
    });
  }
}
