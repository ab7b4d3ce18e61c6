import { createServer, type Server, type Socket } from 'node:net';
import { freeSocketPath } from '../system/free-socket-path';
import type { BlockDevice } from './block-device';
import { ByteQueue } from './byte-queue';
import { Negotiation } from './negotiation';
import { Transmission } from './transmission';

export interface NbdServerOptions {
  /** Exports by name. An empty name asked for means the only one. */
  readonly exports: ReadonlyMap<string, BlockDevice>;
  /** A unix socket's path, or a port on 127.0.0.1 (0 for a free one). */
  readonly listen: { readonly path: string } | { readonly port: number };
}

export interface NbdServer {
  readonly address: { readonly path: string } | { readonly host: string; readonly port: number };
  /** Stops listening, answers what was asked, and closes every connection. */
  close(): Promise<void>;
}

/** More than this under way, or this many bytes waiting to be read by the client: the connection is not listened to. */
const underWayLimit = 128;
const unsentLimitBytes = 64 * 1024 * 1024;

/** Serves block devices by the NBD protocol, on a unix socket or on 127.0.0.1 only. */
export async function startNbdServer({ exports, listen }: NbdServerOptions): Promise<NbdServer> {
  const connections = new Set<Connection>();
  const server = createServer({ noDelay: true }, (socket) => {
    const connection = new Connection(socket, exports);
    connections.add(connection);
    socket.once('close', () => connections.delete(connection));
  });
  await listening(server, listen);
  const bound = server.address();
  return {
    address:
      typeof bound === 'string' || bound === null
        ? { path: bound ?? '' }
        : { host: bound.address, port: bound.port },
    close: async () => {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      await Promise.all([...connections].map((connection) => connection.end()));
      await closed;
    },
  };
}

async function listening(server: Server, listen: NbdServerOptions['listen']): Promise<void> {
  if ('path' in listen) await freeSocketPath(listen.path);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(
      'path' in listen ? { path: listen.path } : { port: listen.port, host: '127.0.0.1' },
      resolve,
    );
  });
}

/** One client: first the handshake, then requests. */
class Connection {
  readonly #socket: Socket;
  readonly #queue = new ByteQueue();
  readonly #negotiation: Negotiation;
  #transmission: Transmission | undefined;

  constructor(socket: Socket, exports: ReadonlyMap<string, BlockDevice>) {
    this.#socket = socket;
    this.#negotiation = new Negotiation(exports, (bytes) => this.#send([bytes]));
    socket.on('data', (chunk) => this.#take(chunk));
    socket.on('drain', () => this.#listenAgain());
    socket.on('error', () => socket.destroy());
    this.#negotiation.greet();
  }

  async end(): Promise<void> {
    await this.#transmission?.settled();
    if (this.#socket.destroyed) return;
    await new Promise<void>((resolve) => this.#socket.end(() => resolve()));
    this.#socket.destroy();
  }

  #take(chunk: Buffer): void {
    this.#queue.push(chunk);
    this.#socket.cork();
    const goesOn = this.#serve();
    this.#socket.uncork();
    if (!goesOn) return void this.end();
    if (this.#isLoaded()) this.#socket.pause();
  }

  #serve(): boolean {
    if (this.#transmission === undefined) {
      const step = this.#negotiation.step(this.#queue);
      if (step.kind !== 'agreed') return step.kind === 'more';
      this.#transmission = new Transmission(step.agreement, (parts) => {
        this.#send(parts);
        this.#listenAgain();
      });
    }
    return this.#transmission.step(this.#queue);
  }

  #isLoaded(): boolean {
    return (
      (this.#transmission?.underWay ?? 0) > underWayLimit || this.#socket.writableLength > unsentLimitBytes
    );
  }

  #listenAgain(): void {
    if (this.#socket.isPaused() && !this.#isLoaded()) this.#socket.resume();
  }

  #send(parts: readonly Buffer[]): void {
    if (this.#socket.destroyed || this.#socket.writableEnded) return;
    for (const part of parts) this.#socket.write(part);
  }
}
