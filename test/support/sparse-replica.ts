import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { digestOfBlock, encodeDigestMap } from '../../shared/formats/digest-map';
import { closedNumber } from '../../shared/model/position';

export const blockBytes = 64 * 1024;
const segmentBlocks = 65_536;

/** What a block of this version holds: bytes that do not compress, made when they are asked for. */
export function blockOf(block: number, version: number): Buffer {
  const one = createHash('sha512').update(`${block}/${version}`).digest();
  return Buffer.alloc(blockBytes, one);
}

/**
 * A large replica of which few blocks are not zeros: digests and content over HTTP, as service and storage account give
 * them, and every byte on its sockets counted.
 */
export class SparseReplica {
  readonly epoch = 2;
  readonly #server: Server;
  readonly #sockets: Socket[] = [];

  private constructor(
    readonly replicaId: string,
    readonly sizeBytes: number,
    /** The version of each block that is not zeros. */
    readonly versions: ReadonlyMap<number, number>,
  ) {
    // Between two questions a busy machine may read its disk for longer than connections are kept otherwise.
    this.#server = createServer({ keepAliveTimeout: 600_000 }, (request, response) => {
      const body = this.#answer(request);
      const told = { 'x-lifeboat-service-time': String(Date.now()), 'content-length': body.byteLength };
      response.writeHead(request.url?.startsWith('/agents/') === true ? 200 : 206, told).end(body);
    });
    this.#server.on('connection', (socket) => this.#sockets.push(socket));
  }

  static async start(
    replicaId: string,
    sizeBytes: number,
    versions: ReadonlyMap<number, number>,
  ): Promise<SparseReplica> {
    const replica = new SparseReplica(replicaId, sizeBytes, versions);
    await new Promise<void>((resolve) => replica.#server.listen(0, '127.0.0.1', resolve));
    return replica;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** In both directions, with heads and all. */
  get bytesOnTheWire(): number {
    return this.#sockets.reduce((sum, { bytesRead, bytesWritten }) => sum + bytesRead + bytesWritten, 0);
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #answer({ url = '', headers }: IncomingMessage): Buffer {
    const segment = /^\/agents\/v1\/replicas\/[^/]+\/digests\?.*segment=(\d+)/.exec(url);
    if (segment !== null) return this.#digests(Number(segment[1]));
    const [, from = 0, to = 0] = /^bytes=(\d+)-(\d+)$/.exec(String(headers['x-ms-range'])) ?? [];
    const blocks: Buffer[] = [];
    for (let at = Number(from); at <= Number(to); at += blockBytes) blocks.push(this.#block(at / blockBytes));
    return Buffer.concat(blocks);
  }

  #digests(segment: number): Buffer {
    const first = segment * segmentBlocks;
    const count = Math.min(segmentBlocks, this.sizeBytes / blockBytes - first);
    return encodeDigestMap({
      ...{ replicaId: this.replicaId, number: closedNumber({ epoch: this.epoch, sequence: 0 }), blockBytes },
      offsetBytes: first * blockBytes,
      digests: Array.from({ length: count }, (_, index) =>
        this.versions.has(first + index) ? digestOfBlock(this.#block(first + index)) : undefined,
      ),
    });
  }

  #block(block: number): Buffer {
    const version = this.versions.get(block);
    return version === undefined ? Buffer.alloc(blockBytes) : blockOf(block, version);
  }
}
