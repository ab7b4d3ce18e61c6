import { ClientSecretCredential } from '@azure/identity';
import {
  BlobServiceClient,
  ContainerSASPermissions,
  generateBlobSASQueryParameters,
  SASProtocol,
  StorageSharedKeyCredential,
  type ContainerClient,
} from '@azure/storage-blob';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startStack, type Stack } from '../../support/stack';

describe('the local storage', () => {
  let stack: Stack;
  let service: BlobServiceClient;
  let created = 0;

  beforeAll(async () => {
    stack = await startStack({ parts: ['identity', 'cache'] });
    service = new BlobServiceClient(fact('cache.endpoint'), asApp());
  });
  afterAll(() => stack.stop());

  const fact = (name: string) => stack.facts[name] ?? `no ${name}`;
  const asApp = () =>
    new ClientSecretCredential(
      fact('identity.tenantId'),
      fact('principal.app.clientId'),
      fact('principal.app.secret'),
      { authorityHost: fact('identity.endpoint'), disableInstanceDiscovery: true },
    );
  const newContainer = async (): Promise<ContainerClient> => {
    const container = service.getContainerClient(`test-${(created += 1)}`);
    await container.create();
    return container;
  };

  describe('lets in', () => {
    it('an app with a token of the local issuer', async () => {
      const blob = (await newContainer()).getBlockBlobClient('hello');
      await blob.upload('world', 5);
      expect((await blob.downloadToBuffer()).toString()).toBe('world');
    });

    it('the holder of a create-only grant, to create and to do nothing else', async () => {
      const container = await newContainer();
      const now = Date.now();
      const startsOn = new Date(now - 60_000);
      const expiresOn = new Date(now + 3_600_000);
      const delegation = await service.getUserDelegationKey(startsOn, expiresOn);
      const grant = generateBlobSASQueryParameters(
        {
          containerName: container.containerName,
          permissions: ContainerSASPermissions.parse('c'),
          protocol: SASProtocol.Https,
          startsOn,
          expiresOn,
          version: '2025-07-05',
        },
        delegation,
        fact('cache.account'),
      );
      const holder = new BlobServiceClient(`${fact('cache.endpoint')}?${grant.toString()}`);
      const blob = holder.getContainerClient(container.containerName).getBlockBlobClient('00000001');

      await blob.upload('log', 3);
      await expect(blob.upload('LOG', 3)).rejects.toMatchObject({ statusCode: 403 });
      await expect(blob.download()).rejects.toMatchObject({ statusCode: 403 });
      await expect(blob.delete()).rejects.toMatchObject({ statusCode: 403 });
      const other = holder.getContainerClient('test-0').getBlockBlobClient('00000001');
      await expect(other.upload('log', 3)).rejects.toMatchObject({ statusCode: 403 });
      expect((await container.getBlobClient('00000001').downloadToBuffer()).toString()).toBe('log');
    });

    it('nobody with another key, another issuer or another audience', async () => {
      const wrong = new StorageSharedKeyCredential(
        fact('cache.account'),
        Buffer.from('no').toString('base64'),
      );
      const forged = (claims: object) => {
        const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
        const now = Math.floor(Date.now() / 1000);
        const all = { iat: now, nbf: now - 60, exp: now + 600, oid: 'x', tid: 'x', ...claims };
        const token = `${part({ alg: 'none', typ: 'JWT' })}.${part(all)}.c2ln`;
        return { getToken: () => Promise.resolve({ token, expiresOnTimestamp: Date.now() + 600_000 }) };
      };
      const wrongIssuer = forged({ iss: 'https://elsewhere/', aud: 'https://storage.azure.com' });
      const wrongAudience = forged({ iss: fact('identity.issuer'), aud: 'https://elsewhere' });
      // Where tokens are taken too, Azurite takes a wrong key for a malformed token: 400, where Azure says 403.
      for (const [credential, statusCode] of [
        [wrong, 400],
        [wrongIssuer, 403],
        [wrongAudience, 403],
      ] as const) {
        const stranger = new BlobServiceClient(fact('cache.endpoint'), credential);
        const attempt = stranger.getContainerClient('strangers').create();
        await expect(attempt).rejects.toMatchObject({ statusCode });
      }
    });
  });

  describe('told to save', () => {
    it('keeps pages, sequence number and snapshot through a kill right after', async () => {
      const blob = (await newContainer()).getPageBlobClient('disk');
      await blob.create(4096, { blobSequenceNumber: 2 });
      const page = Buffer.alloc(512, 7);
      await blob.uploadPages(page, 1024, 512, { conditions: { ifSequenceNumberEqualTo: 2 } });
      await blob.updateSequenceNumber('update', 4);
      const { snapshot } = await blob.createSnapshot({ metadata: { marker: 'one' } });
      await stack.save();
      await stack.kill('cache');

      const { blobSequenceNumber } = await blob.getProperties();
      const kept = blob.withSnapshot(snapshot ?? 'none');
      expect(blobSequenceNumber).toBe(4);
      expect(await blob.downloadToBuffer(1024, 512)).toEqual(page);
      expect(await kept.downloadToBuffer(1024, 512)).toEqual(page);
      expect((await kept.getProperties()).metadata).toEqual({ marker: 'one' });
    });

    it('saves what each of many callers wrote before, though it saves but a few times', async () => {
      const container = await newContainer();
      const names = Array.from({ length: 20 }, (_, index) => `blob-${index}`);
      await Promise.all(
        names.map(async (name) => {
          await container.getBlockBlobClient(name).upload(name, name.length);
          await stack.save();
        }),
      );
      await stack.kill('cache');
      for (const name of names) {
        expect((await container.getBlobClient(name).downloadToBuffer()).toString()).toBe(name);
      }
    });

    it('does not say that it has saved when it could not', async () => {
      const control = `http://127.0.0.1:${stack.ports['cache-control']}`;
      expect((await fetch(`${control}/save`, { method: 'GET' })).status).toBe(404);
      expect((await fetch(`${control}/other`, { method: 'POST' })).status).toBe(404);
      // A folder where the file should go: the write fails, as it does on a full disk.
      const file = join(stack.dataFolder, 'cache', 'blobs.json~');
      await rm(file, { force: true });
      await mkdir(join(file, 'in the way'), { recursive: true });
      await service.getContainerClient('another').create();
      const answer = await fetch(`${control}/save`, { method: 'POST' });
      expect(answer.status).toBe(500);
      expect(await answer.text()).toContain('blobs.json~');
      await expect(stack.save()).rejects.toThrow('blobs.json~');
      await rm(file, { recursive: true });
      await stack.save();
    });
  });

  it('keeps what it acknowledged when it is ended in good order', async () => {
    const blob = (await newContainer()).getBlockBlobClient('late');
    await blob.upload('written', 7);
    await stack.restart('cache');
    expect((await blob.downloadToBuffer()).toString()).toBe('written');
  });

  it('speaks with this machine alone', async () => {
    const { output } = await run(
      'cache',
      { NODE_OPTIONS: `--require ${await outwardSpy()}` },
      async (port) => {
        const credential = new StorageSharedKeyCredential('spied', key);
        const spied = new BlobServiceClient(`https://127.0.0.1:${port}/spied`, credential);
        await spied.getContainerClient('seen').create();
      },
    );
    expect(output).toContain('listening');
    expect(output).toContain('spy is here');
    expect(output).not.toContain('reaches out');
    expect(output).not.toContain('loads applicationinsights');
  });

  it('refuses a folder that another storage uses', async () => {
    const { code, output } = await run(join(stack.dataFolder, 'cache'), {}, () => Promise.resolve());
    expect(code).toBe(1);
    expect(output).toContain('already open in another process');
  });

  it('refuses metadata that it cannot read, and leaves it as it was', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'storage-'));
    await writeFile(join(folder, 'blobs.json'), '{"torn": ');
    const { code, output } = await run(folder, {}, () => Promise.resolve());
    expect(code).toBe(1);
    expect(output).toContain('The storage');
    expect(await readFile(join(folder, 'blobs.json'), 'utf8')).toBe('{"torn": ');
    await rm(folder, { recursive: true });
  });

  const key = Buffer.from('a key').toString('base64');

  /** Runs the program by itself, does something with it, ends it, and says what it said. */
  async function run(
    folder: string,
    environment: NodeJS.ProcessEnv,
    use: (port: string) => Promise<void>,
  ): Promise<{ code: number | null; output: string }> {
    const authority = join(stack.dataFolder, 'authority');
    const child = spawn(
      process.execPath,
      [
        ...['dist/local/storage/main.js', '--account', `spied:${key}`],
        ...['--cert', join(authority, 'server.pem'), '--key', join(authority, 'server.key')],
        ...['--data', folder.startsWith('/') ? folder : join(stack.dataFolder, `${folder}-spied`)],
      ],
      { env: { ...process.env, ...environment }, stdio: ['ignore', 'pipe', 'pipe'] },
    );
    let output = '';
    const closed = once(child, 'close');
    const listening = new Promise<string>((resolve) => {
      child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
      child.stdout.on('data', (chunk: Buffer) => {
        output += chunk.toString();
        const port = /^listening (\d+)/m.exec(output)?.[1];
        if (port !== undefined) resolve(port);
      });
    });
    const port = await Promise.race([listening, closed]);
    if (typeof port === 'string') {
      await use(port);
      child.kill('SIGTERM');
    }
    const [code] = (await closed) as [number | null];
    return { code, output };
  }

  /** Says on stderr whenever the process looks up a name or connects to another machine. */
  async function outwardSpy(): Promise<string> {
    const file = join(stack.dataFolder, 'spy.js');
    await writeFile(
      file,
      `const net = require('node:net'), dns = require('node:dns'), Module = require('node:module');
       console.error('spy is here');
       const connect = net.Socket.prototype.connect;
       net.Socket.prototype.connect = function (...words) {
         const host = (Array.isArray(words[0]) ? words[0][0] : words[0])?.host;
         if (host !== '127.0.0.1') console.error('reaches out to', host);
         return connect.apply(this, words);
       };
       const lookup = dns.lookup;
       dns.lookup = (name, ...more) => {
         if (name !== '127.0.0.1') console.error('reaches out to', name);
         return lookup(name, ...more);
       };
       const compile = Module.prototype._compile;
       Module.prototype._compile = function (source, name) {
         if (/[\\\\/]applicationinsights[\\\\/]/.test(name)) console.error('loads applicationinsights');
         return compile.call(this, source, name);
       };`,
    );
    return file;
  }
});
