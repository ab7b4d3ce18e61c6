import { connect, type Socket } from 'node:net';

/** Both ends of ways that lead through this process: where one end goes, the other goes too, once it has said what it was given. */
export class PairedSockets {
  readonly #sockets = new Set<Socket>();

  /** The way from a client on to a server of this machine. Passes nothing on by itself. */
  lead(client: Socket, port: number): Socket {
    const server = connect(port, '127.0.0.1');
    this.#bind(client, server);
    this.#bind(server, client);
    return server;
  }

  /** Ends every way. */
  cut(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  #bind(socket: Socket, other: Socket): void {
    this.#sockets.add(socket);
    socket.on('error', () => other.destroy());
    socket.on('close', () => {
      this.#sockets.delete(socket);
      other.destroySoon();
    });
  }
}
