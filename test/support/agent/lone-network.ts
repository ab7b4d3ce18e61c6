import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';

const alone = ['unshare', '--user', '--map-root-user', '--net'];

/** Whether this machine lets its users have networks of their own. */
export const canBeAlone = spawnSync('sh', ['-c', `${alone.join(' ')} ip link set lo up`]).status === 0;

/** Listens on a port inside, and leads out to a socket in a file; ends when nobody listens there any more. */
const bridge = `
const { connect, createServer } = require('node:net');
const [port, path] = process.argv.slice(2);
connect(path).on('close', () => process.exit(0)).on('error', () => process.exit(0)).resume();
createServer((near) => {
  const far = connect(path);
  near.pipe(far).pipe(near);
  near.on('error', () => far.destroy());
  far.on('error', () => near.destroy());
}).listen(Number(port), '127.0.0.1');
`;

/**
 * A network in which nothing is but one way out, to one port of this machine: nobody can call into it, and what is called
 * in it elsewhere cannot be reached.
 */
export class LoneNetwork {
  readonly #sockets = new Set<Socket>();
  readonly #server: Server;
  readonly #folder: string;
  readonly #port: number;
  /** Calls that went out. */
  calls = 0;

  private constructor(folder: string, port: number) {
    this.#folder = folder;
    this.#port = port;
    this.#server = createServer((near) => {
      // The first one tells the bridge that we are here.
      const isCall = this.#sockets.size > 0;
      this.#keep(near);
      if (!isCall) return;
      this.calls += 1;
      const far = connect(port, '127.0.0.1');
      this.#keep(far);
      near.pipe(far).pipe(near);
      near.once('close', () => far.destroy());
      far.once('close', () => near.destroy());
    });
  }

  static async open(folder: string, port: number): Promise<LoneNetwork> {
    const network = new LoneNetwork(folder, port);
    writeFileSync(join(folder, 'bridge.cjs'), bridge);
    await new Promise<void>((resolve) => network.#server.listen(network.#path, resolve));
    return network;
  }

  /** Starts the command that follows inside. */
  get launcher(): readonly string[] {
    const script = `ip link set lo up && { "$1" '${join(this.#folder, 'bridge.cjs')}' ${this.#port} '${this.#path}' & exec "$@"; }`;
    return [...alone, 'sh', '-c', script, 'sh'];
  }

  async close(): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve));
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }

  get #path(): string {
    return join(this.#folder, 'way-out');
  }

  #keep(socket: Socket): void {
    this.#sockets.add(socket);
    socket.on('error', () => undefined).once('close', () => this.#sockets.delete(socket));
  }
}
