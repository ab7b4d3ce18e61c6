import { createServer, type Server, type ServerResponse } from 'node:http';
import { type AddressInfo } from 'node:net';

/** Holds whoever asks for its address until it is opened: what is under way stays so for as long as a test wants it to. */
export class Gate {
  readonly #waiting = new Set<ServerResponse>();
  readonly #server: Server = createServer((_, response) => {
    this.#arrived += 1;
    if (this.#isOpen) response.end();
    else this.#waiting.add(response);
  });
  #arrived = 0;
  #isOpen = false;

  static async start(): Promise<Gate> {
    const gate = new Gate();
    await new Promise<void>((resolve) => gate.#server.listen(0, '127.0.0.1', resolve));
    return gate;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/`;
  }

  /** How many have come until now, held or not. */
  get arrived(): number {
    return this.#arrived;
  }

  open(): void {
    this.#isOpen = true;
    for (const response of this.#waiting) response.end();
    this.#waiting.clear();
  }

  close(): void {
    this.open();
    this.#server.close();
    this.#server.closeAllConnections();
  }
}
