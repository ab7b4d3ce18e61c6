import { X509Certificate } from 'node:crypto';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { createServer, request } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openCertificates, type Certificates } from '../../../local/authority';

const day = 24 * 60 * 60 * 1000;

describe('the local certificate authority', () => {
  let folder: string;
  let now: number;
  const clock = { now: () => now };
  const open = () => openCertificates({ folder, clock });
  const fingerprint = async (file: string) =>
    new X509Certificate(await readFile(file, 'utf8')).fingerprint256;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'authority-'));
    now = Date.now();
  });
  afterEach(() => rm(folder, { recursive: true }));

  it('vouches for a server on 127.0.0.1 and on localhost', async () => {
    const certificates = await open();
    await expect(statusFrom('127.0.0.1', certificates)).resolves.toBe(204);
    await expect(statusFrom('localhost', certificates)).resolves.toBe(204);
  });

  it('is told apart from another of the same name', async () => {
    const other = await openCertificates({ folder: join(folder, 'other'), clock });
    const own = await open();
    const known = [await readFile(other.authorityFile, 'utf8'), await readFile(own.authorityFile, 'utf8')];
    await expect(statusFrom('127.0.0.1', own, known)).resolves.toBe(204);
    await expect(statusFrom('127.0.0.1', other, known)).resolves.toBe(204);
  });

  it('is not trusted by a client that was not told of it', async () => {
    await expect(statusFrom('127.0.0.1', await open(), [])).rejects.toThrow('certificate');
  });

  it('keeps what it made, so that a client trusts it once', async () => {
    const first = await open();
    const before = [await fingerprint(first.authorityFile), await fingerprint(first.certificateFile)];
    now += 300 * day;
    const later = await open();
    expect([await fingerprint(later.authorityFile), await fingerprint(later.certificateFile)]).toEqual(
      before,
    );
  });

  it('renews the server certificate before it expires, under the same authority', async () => {
    const { authorityFile, certificateFile } = await open();
    const before = [await fingerprint(authorityFile), await fingerprint(certificateFile)];
    now += 380 * day;
    await open();
    expect(await fingerprint(authorityFile)).toBe(before[0]);
    expect(await fingerprint(certificateFile)).not.toBe(before[1]);
    expect(Date.parse(new X509Certificate(await readFile(certificateFile)).validTo)).toBeGreaterThan(
      now + 300 * day,
    );
  });

  it('starts anew where the files were damaged', async () => {
    const { authorityFile } = await open();
    await writeFile(authorityFile, 'not a certificate');
    const certificates = await open();
    await expect(statusFrom('127.0.0.1', certificates)).resolves.toBe(204);
  });

  it('keeps its keys from other users', async () => {
    const { keyFile } = await open();
    expect((await stat(keyFile)).mode & 0o077).toBe(0);
  });

  it('may vouch for this machine alone', async () => {
    const { authorityFile } = await open();
    const raw = new X509Certificate(await readFile(authorityFile)).raw;
    // The name constraints extension: its number, the critical flag.
    expect(raw.includes(Buffer.from('0603551d1e0101ff', 'hex'))).toBe(true);
  });
});

async function statusFrom(host: string, files: Certificates, ca?: string[]): Promise<number | undefined> {
  const authority = await readFile(files.authorityFile, 'utf8');
  const cert = await readFile(files.certificateFile);
  const key = await readFile(files.keyFile);
  const server = createServer({ cert, key }, (_, response) => response.writeHead(204).end());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  try {
    return await new Promise((resolve, reject) => {
      const call = request({ host, port, family: 4, ca: ca ?? [authority], agent: false }, (response) => {
        response.resume();
        resolve(response.statusCode);
      });
      call.on('error', reject).end();
    });
  } finally {
    server.close();
  }
}
