import { once } from 'node:events';
import { connect } from 'node:net';
import fc from 'fast-check';
import type { BlockDevice } from '../../../agent/nbd/block-device';
import { command, errorNumber, option } from '../../../agent/nbd/protocol';
import { type NbdServer, startNbdServer } from '../../../agent/nbd/server';
import { NbdClient, NbdRefusal, optionHeader, requestHeader } from '../../support/nbd-client';

class MemoryDevice implements BlockDevice {
  readonly bytes: Buffer;
  isReadOnly = false;
  flushes = 0;
  failWith: Error | undefined;

  constructor(readonly sizeBytes: number) {
    this.bytes = Buffer.alloc(sizeBytes);
  }

  read(offsetBytes: number, lengthBytes: number): Buffer | Promise<Buffer> {
    if (this.failWith !== undefined) throw this.failWith;
    const data = Buffer.from(this.bytes.subarray(offsetBytes, offsetBytes + lengthBytes));
    return lengthBytes > 4096 ? Promise.resolve(data) : data;
  }

  write(offsetBytes: number, parts: readonly Buffer[]): void {
    if (this.failWith !== undefined) throw this.failWith;
    let at = offsetBytes;
    for (const part of parts) at += part.copy(this.bytes, at);
  }

  zero(offsetBytes: number, lengthBytes: number): Promise<void> {
    this.bytes.fill(0, offsetBytes, offsetBytes + lengthBytes);
    return Promise.resolve();
  }

  flush(): void {
    this.flushes++;
  }
}

const sizeBytes = 1024 * 1024;

describe('the NBD server', () => {
  let device: MemoryDevice;
  let server: NbdServer;
  let address: { host: string; port: number };

  beforeEach(async () => {
    device = new MemoryDevice(sizeBytes);
    server = await startNbdServer({ exports: new Map([['disk', device]]), listen: { port: 0 } });
    address = server.address as { host: string; port: number };
  });

  afterEach(async () => {
    await server.close();
  });

  it('listens on this machine only', () => {
    expect(address.host).toBe('127.0.0.1');
  });

  it('gives back what was written, whatever the order and overlap', async () => {
    const client = await NbdClient.connect(address, 'disk');
    expect(client.sizeBytes).toBe(sizeBytes);
    const expected = Buffer.alloc(sizeBytes);
    const writes = fc.sample(
      fc.record({ sector: fc.nat(2000), sectors: fc.integer({ min: 1, max: 48 }), value: fc.nat(255) }),
      200,
    );
    for (const { sector, sectors, value } of writes) {
      const data = Buffer.alloc(sectors * 512, value);
      data.copy(expected, sector * 512);
      await client.write(sector * 512, data);
    }
    await client.writeZeroes(4096, 8192);
    await client.trim(65536, 512);
    expected.fill(0, 4096, 4096 + 8192).fill(0, 65536, 65536 + 512);
    expect((await client.read(0, sizeBytes)).equals(expected)).toBe(true);
    client.close();
  });

  it('serves many requests at once, and several clients', async () => {
    const clients = await Promise.all([NbdClient.connect(address), NbdClient.connect(address, 'disk')]);
    const client = (index: number): NbdClient => clients[index % 2 === 0 ? 0 : 1];
    await Promise.all(
      Array.from({ length: 400 }, (_, index) =>
        client(index).write(index * 512, Buffer.alloc(512, index % 251)),
      ),
    );
    const read = await Promise.all(
      Array.from({ length: 400 }, (_, index) => client(index + 1).read(index * 512, 512)),
    );
    expect(read.every((data, index) => data.equals(Buffer.alloc(512, index % 251)))).toBe(true);
    for (const each of clients) each.close();
  });

  it('flushes when asked, and after a forced write', async () => {
    const client = await NbdClient.connect(address);
    await client.flush();
    await client.write(0, Buffer.alloc(512), true);
    expect(device.flushes).toBe(2);
    client.close();
  });

  it('refuses what is unaligned, out of range or empty, and goes on', async () => {
    const client = await NbdClient.connect(address);
    await expect(client.read(1, 512)).rejects.toMatchObject({ error: errorNumber.EINVAL });
    await expect(client.read(0, 0)).rejects.toMatchObject({ error: errorNumber.EINVAL });
    await expect(client.read(sizeBytes, 512)).rejects.toMatchObject({ error: errorNumber.EINVAL });
    await expect(client.write(sizeBytes - 512, Buffer.alloc(1024))).rejects.toMatchObject({
      error: errorNumber.ENOSPC,
    });
    await expect(client.read(0, 512)).resolves.toHaveLength(512);
    client.close();
  });

  it('passes on the errors of the disk itself, and no others', async () => {
    const client = await NbdClient.connect(address);
    device.failWith = Object.assign(new Error('no space'), { code: 'ENOSPC' });
    await expect(client.write(0, Buffer.alloc(512))).rejects.toMatchObject({ error: errorNumber.ENOSPC });
    device.failWith = new Error('gone');
    await expect(client.read(0, 512)).rejects.toMatchObject({ error: errorNumber.EIO });
    client.close();
  });

  it('lets no write through once the device is read-only', async () => {
    device.isReadOnly = true;
    const client = await NbdClient.connect(address);
    await expect(client.write(0, Buffer.alloc(512))).rejects.toMatchObject({ error: errorNumber.EPERM });
    expect(client.flags & 2).toBe(2);
    client.close();
  });

  it('knows no export but its own', async () => {
    await expect(NbdClient.connect(address, 'other')).rejects.toBeInstanceOf(NbdRefusal);
  });

  it('outlives clients that speak nonsense', async () => {
    const handshake = Buffer.concat([Buffer.from([0, 0, 0, 3])]);
    const goDisk = Buffer.concat([
      optionHeader(option.go, 10),
      Buffer.from([0, 0, 0, 4]),
      Buffer.from('disk'),
      Buffer.alloc(2),
    ]);
    const nonsense = fc.oneof(
      fc.uint8Array({ maxLength: 200 }),
      fc.uint8Array({ maxLength: 100 }).map((tail) => Buffer.concat([handshake, tail])),
      fc.uint8Array({ maxLength: 100 }).map((tail) => Buffer.concat([handshake, goDisk, tail])),
      fc
        .tuple(fc.nat(9), fc.nat(65535), fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }), fc.nat(2 ** 31))
        .map(([type, flags, offsetBytes, lengthBytes]) =>
          Buffer.concat([
            handshake,
            goDisk,
            requestHeader({ type, flags, handle: 7n, offsetBytes, lengthBytes }),
          ]),
        ),
      fc
        .tuple(fc.nat(2 ** 31), fc.nat(2 ** 31), fc.uint8Array({ maxLength: 64 }))
        .map(([code, lengthBytes, data]) =>
          Buffer.concat([handshake, optionHeader(code, lengthBytes), data]),
        ),
    );
    await fc.assert(
      fc.asyncProperty(nonsense, async (bytes) => {
        const socket = connect(address);
        socket.on('error', () => undefined);
        socket.resume();
        await once(socket, 'connect');
        socket.end(bytes);
        await once(socket, 'close');
      }),
      { numRuns: 300 },
    );
    const client = await NbdClient.connect(address);
    await client.write(512, Buffer.alloc(512, 9));
    expect((await client.read(512, 512))[0]).toBe(9);
    client.close();
  });

  it('hangs up on a payload beyond the limit instead of receiving it', async () => {
    const client = await NbdClient.connect(address);
    const socket = connect(address);
    socket.on('error', () => undefined);
    socket.resume();
    const goAny = Buffer.concat([optionHeader(option.go, 6), Buffer.alloc(6)]);
    const tooMuch = { type: command.write, flags: 0, handle: 1n, offsetBytes: 0, lengthBytes: 2 ** 31 };
    socket.write(Buffer.concat([Buffer.from([0, 0, 0, 3]), goAny, requestHeader(tooMuch)]));
    await once(socket, 'close');
    await expect(client.read(0, 512)).resolves.toHaveLength(512);
    client.close();
  });
});
