import { connect, type Socket } from 'node:net';
import { once } from 'node:events';
import { ByteQueue } from '../../agent/nbd/byte-queue';
import { command, commandFlag, magic, option, optionReply } from '../../agent/nbd/protocol';

export class NbdRefusal extends Error {
  constructor(readonly error: number) {
    super(`the NBD server answered with error ${error}`);
  }
}

interface Waiting {
  readonly readBytes: number;
  readonly resolve: (data: Buffer) => void;
  readonly reject: (error: Error) => void;
}

/** A small NBD client: enough to drive a server as a guest's block layer would, many requests at once. */
export class NbdClient {
  readonly #socket: Socket;
  readonly #queue = new ByteQueue();
  readonly #waiting = new Map<bigint, Waiting>();
  #wake: (() => void) | undefined;
  #nextHandle = 1n;
  sizeBytes = 0;
  flags = 0;

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.on('data', (chunk) => {
      this.#queue.push(chunk);
      this.#wake?.();
      if (this.sizeBytes > 0) this.#takeReplies();
    });
    socket.on('close', () => {
      this.#wake?.();
      for (const { reject } of this.#waiting.values()) reject(new Error('the NBD server hung up'));
      this.#waiting.clear();
    });
    socket.on('error', () => undefined);
  }

  static async connect(
    address: { path: string } | { host: string; port: number },
    name = '',
  ): Promise<NbdClient> {
    const socket = connect({ ...address, noDelay: true });
    await once(socket, 'connect');
    const client = new NbdClient(socket);
    await client.#negotiate(name);
    return client;
  }

  read(offsetBytes: number, lengthBytes: number): Promise<Buffer> {
    return this.#request({ type: command.read, offsetBytes, lengthBytes });
  }

  async write(offsetBytes: number, data: Uint8Array, isForced = false): Promise<void> {
    const flags = isForced ? commandFlag.fua : 0;
    await this.#request({ type: command.write, offsetBytes, lengthBytes: data.byteLength, flags }, data);
  }

  async writeZeroes(offsetBytes: number, lengthBytes: number): Promise<void> {
    await this.#request({ type: command.writeZeroes, offsetBytes, lengthBytes });
  }

  async trim(offsetBytes: number, lengthBytes: number): Promise<void> {
    await this.#request({ type: command.trim, offsetBytes, lengthBytes });
  }

  async flush(): Promise<void> {
    await this.#request({ type: command.flush, offsetBytes: 0, lengthBytes: 0 });
  }

  close(): void {
    this.#socket.end(
      requestHeader({ type: command.disconnect, flags: 0, handle: 0n, offsetBytes: 0, lengthBytes: 0 }),
    );
  }

  #request(
    asked: Omit<RequestFields, 'handle' | 'flags'> & { readonly flags?: number },
    payload?: Uint8Array,
  ): Promise<Buffer> {
    const handle = this.#nextHandle++;
    return new Promise((resolve, reject) => {
      if (this.#socket.destroyed) return reject(new Error('the NBD server hung up'));
      this.#waiting.set(handle, {
        readBytes: asked.type === command.read ? asked.lengthBytes : 0,
        resolve,
        reject,
      });
      this.#socket.write(requestHeader({ flags: 0, ...asked, handle }));
      if (payload !== undefined) this.#socket.write(payload);
    });
  }

  #takeReplies(): void {
    for (;;) {
      if (this.#queue.lengthBytes < 16) return;
      this.#head ??= this.#queue.take(16);
      const waiting = this.#waiting.get(this.#head.readBigUInt64BE(8));
      if (this.#head.readUInt32BE(0) !== magic.simpleReply || waiting === undefined) {
        this.#socket.destroy();
        return;
      }
      const error = this.#head.readUInt32BE(4);
      const readBytes = error === 0 ? waiting.readBytes : 0;
      if (this.#queue.lengthBytes < readBytes) return;
      this.#waiting.delete(this.#head.readBigUInt64BE(8));
      this.#head = undefined;
      if (error === 0) waiting.resolve(Buffer.from(this.#queue.take(readBytes)));
      else waiting.reject(new NbdRefusal(error));
    }
  }

  #head: Buffer | undefined;

  async #negotiate(name: string): Promise<void> {
    await this.#take(18);
    const flags = Buffer.alloc(4);
    flags.writeUInt32BE(3);
    const nameBytes = Buffer.from(name, 'utf8');
    const data = Buffer.alloc(4 + nameBytes.byteLength + 2);
    data.writeUInt32BE(nameBytes.byteLength);
    nameBytes.copy(data, 4);
    this.#socket.write(Buffer.concat([flags, optionHeader(option.go, data.byteLength), data]));
    let sizeBytes = 0;
    for (;;) {
      const head = await this.#take(20);
      const body = await this.#take(head.readUInt32BE(16));
      const type = head.readUInt32BE(12);
      if (type === optionReply.info && body.readUInt16BE(0) === 0) {
        this.flags = body.readUInt16BE(10);
        sizeBytes = Number(body.readBigUInt64BE(2));
      }
      if (type === optionReply.ack) {
        this.sizeBytes = sizeBytes;
        return;
      }
      if (type > 0x80000000) throw new NbdRefusal(type);
    }
  }

  async #take(lengthBytes: number): Promise<Buffer> {
    while (this.#queue.lengthBytes < lengthBytes) {
      if (this.#socket.destroyed) throw new Error('the NBD server hung up');
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    return this.#queue.take(lengthBytes);
  }
}

export function optionHeader(code: number, lengthBytes: number): Buffer {
  const header = Buffer.alloc(16);
  header.writeBigUInt64BE(magic.option, 0);
  header.writeUInt32BE(code, 8);
  header.writeUInt32BE(lengthBytes, 12);
  return header;
}

interface RequestFields {
  readonly type: number;
  readonly flags: number;
  readonly handle: bigint;
  readonly offsetBytes: number | bigint;
  readonly lengthBytes: number;
}

export function requestHeader({ type, flags, handle, offsetBytes, lengthBytes }: RequestFields): Buffer {
  const header = Buffer.alloc(28);
  header.writeUInt32BE(magic.request, 0);
  header.writeUInt16BE(flags, 4);
  header.writeUInt16BE(type, 6);
  header.writeBigUInt64BE(handle, 8);
  header.writeBigUInt64BE(BigInt(offsetBytes), 16);
  header.writeUInt32BE(lengthBytes, 24);
  return header;
}
