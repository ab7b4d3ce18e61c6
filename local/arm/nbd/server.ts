import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import type { Image } from '../disks/image';
import { ByteReader } from './byte-reader';
import { shakeHands } from './handshake';
import { command, errorNumber, forceUnitAccess, magic, payloadLimitBytes } from './protocol';

const underWayLimit = 64;

interface Request {
  readonly flags: number;
  readonly type: number;
  readonly handle: Buffer;
  readonly offsetBytes: number;
  readonly lengthBytes: number;
}

/** Serves disks by the NBD protocol on a free port of 127.0.0.1, each under its own name, for as long as it is offered. */
export class NbdServer {
  readonly #exports = new Map<
    string,
    { readonly image: () => Promise<Image>; readonly sockets: Set<Socket> }
  >();
  readonly #server = createServer(
    { noDelay: true },
    (socket) => void this.#serve(socket).catch(() => socket.destroy()),
  );

  async listen(): Promise<void> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
  }

  offer(name: string, image: () => Promise<Image>): string {
    if (!this.#exports.has(name)) this.#exports.set(name, { image, sockets: new Set() });
    return this.#url(name);
  }

  /** Undefined while it is not offered. */
  urlOf(name: string): string | undefined {
    return this.#exports.has(name) ? this.#url(name) : undefined;
  }

  #url(name: string): string {
    return `nbd://127.0.0.1:${(this.#server.address() as AddressInfo).port}/${name}`;
  }

  /** Nobody reads or writes the disk from here on. */
  withdraw(name: string): void {
    const offered = this.#exports.get(name);
    this.#exports.delete(name);
    for (const socket of offered?.sockets ?? []) socket.destroy();
  }

  async close(): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve));
    for (const name of [...this.#exports.keys()]) this.withdraw(name);
    await closed;
  }

  async #serve(socket: Socket): Promise<void> {
    const reader = new ByteReader(socket);
    const send = (bytes: Buffer): void => void (socket.destroyed || socket.write(bytes));
    const image = await shakeHands(reader, send, async (name) => {
      const offered = this.#exports.get(name);
      offered?.sockets.add(socket);
      socket.once('close', () => offered?.sockets.delete(socket));
      return offered?.image();
    });
    if (image === undefined) return void socket.end();
    await serveRequests(reader, image, send);
    socket.end();
  }
}

async function serveRequests(reader: ByteReader, image: Image, send: (bytes: Buffer) => void): Promise<void> {
  const underWay = new Set<Promise<void>>();
  for (;;) {
    const request = readRequest(await reader.take(28));
    if (request === undefined || request.type === command.disconnect) break;
    const isWrite = request.type === command.write;
    if (isWrite && request.lengthBytes > payloadLimitBytes) break;
    const payload = isWrite ? await reader.take(request.lengthBytes) : Buffer.alloc(0);
    const answer = perform(image, request, payload).then(
      (data) => send(Buffer.concat([replyHead(request, 0), data])),
      () => send(replyHead(request, errorNumber.EIO)),
    );
    underWay.add(answer);
    void answer.finally(() => underWay.delete(answer));
    if (underWay.size >= underWayLimit) await Promise.race(underWay);
  }
  await Promise.all(underWay);
}

const nothing = Buffer.alloc(0);

async function perform(image: Image, request: Request, payload: Buffer): Promise<Buffer> {
  const { type, offsetBytes, lengthBytes, flags } = request;
  if (type === command.flush) {
    await image.flush();
    return nothing;
  }
  if (offsetBytes + lengthBytes > image.sizeBytes) throw new RangeError('beyond the end of the disk');
  if (type === command.read) {
    if (lengthBytes > payloadLimitBytes) throw new RangeError('too much at once');
    return image.read(offsetBytes, lengthBytes);
  }
  if (type === command.write) await image.write(offsetBytes, payload);
  else if (type === command.writeZeroes) await image.zero(offsetBytes, lengthBytes);
  else if (type !== command.trim) throw new TypeError('an unknown command');
  if ((flags & forceUnitAccess) !== 0) await image.flush();
  return nothing;
}

function readRequest(bytes: Buffer): Request | undefined {
  if (bytes.readUInt32BE(0) !== magic.request) return undefined;
  return {
    flags: bytes.readUInt16BE(4),
    type: bytes.readUInt16BE(6),
    handle: bytes.subarray(8, 16),
    offsetBytes: Number(bytes.readBigUInt64BE(16)),
    lengthBytes: bytes.readUInt32BE(24),
  };
}

function replyHead({ handle }: Request, error: number): Buffer {
  const head = Buffer.alloc(16);
  head.writeUInt32BE(magic.reply, 0);
  head.writeUInt32BE(error, 4);
  handle.copy(head, 8);
  return head;
}
