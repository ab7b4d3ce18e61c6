import type { Socket } from 'node:net';

/** Bytes of a socket, in the lengths they are asked for. */
export class ByteReader {
  #chunks: Buffer[] = [];
  #lengthBytes = 0;
  #wake: (() => void) | undefined;
  #isOver = false;

  constructor(private readonly socket: Socket) {
    socket.on('data', (chunk: Buffer) => {
      this.#chunks.push(chunk);
      this.#lengthBytes += chunk.length;
      this.#wake?.();
    });
    socket.on('error', () => socket.destroy());
    socket.on('close', () => {
      this.#isOver = true;
      this.#wake?.();
    });
  }

  /** Rejects once the socket closes before so many have come. */
  async take(lengthBytes: number): Promise<Buffer> {
    while (this.#lengthBytes < lengthBytes) {
      if (this.#isOver) throw new Error('the connection ended');
      this.socket.resume();
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
    const all = this.#chunks.length === 1 ? this.#chunks[0] : Buffer.concat(this.#chunks);
    const [taken, rest] = [all?.subarray(0, lengthBytes), all?.subarray(lengthBytes)];
    this.#chunks = rest === undefined || rest.length === 0 ? [] : [rest];
    this.#lengthBytes -= lengthBytes;
    if (this.#lengthBytes > 1024 * 1024) this.socket.pause();
    return taken ?? Buffer.alloc(0);
  }
}
