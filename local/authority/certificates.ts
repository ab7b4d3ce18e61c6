import { createPrivateKey, X509Certificate } from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { issueAuthority, issueServer, type Issued, type Validity } from './issue';

const dayInMs = 24 * 60 * 60 * 1000;
const authorityDays = 3650;
const serverDays = 397;
const renewBeforeDays = 30;

export interface Clock {
  now(): number;
}

/** Where the PEM files are: the authority's for `NODE_EXTRA_CA_CERTS`, the server's for whoever listens with TLS. */
export interface Certificates {
  readonly authorityFile: string;
  readonly certificateFile: string;
  readonly keyFile: string;
}

export interface CertificatesOptions {
  readonly folder: string;
  readonly clock: Clock;
  /** The common name that people see when they are asked to trust it. */
  readonly name?: string;
}

/** The authority and the server certificate of this folder: made once, kept, and renewed a month before they expire. */
export async function openCertificates(options: CertificatesOptions): Promise<Certificates> {
  const { folder, clock, name = 'local cloud authority' } = options;
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const now = clock.now();

  const authority =
    (await kept(folder, 'authority', now)) ??
    (await keep(folder, 'authority', await issueAuthority(name, validity(now, authorityDays))));

  const server = await kept(folder, 'server', now);
  if (server === undefined || !isSignedBy(server, authority)) {
    await keep(folder, 'server', await issueServer(authority, validity(now, serverDays)));
  }
  return {
    authorityFile: join(folder, 'authority.pem'),
    certificateFile: join(folder, 'server.pem'),
    keyFile: join(folder, 'server.key'),
  };
}

/** A certificate begins an hour early: clocks of containers and virtual machines differ. */
function validity(now: number, days: number): Validity {
  return { notBefore: new Date(now - dayInMs / 24), notAfter: new Date(now + days * dayInMs) };
}

/** What is in the folder, unless it is absent, unreadable, of two halves that do not fit, or soon to expire. */
async function kept(folder: string, what: string, now: number): Promise<Issued | undefined> {
  try {
    const issued = {
      certificate: await readFile(join(folder, `${what}.pem`), 'utf8'),
      key: await readFile(join(folder, `${what}.key`), 'utf8'),
    };
    const certificate = new X509Certificate(issued.certificate);
    const isOurs = certificate.checkPrivateKey(createPrivateKey(issued.key));
    const begins = Date.parse(certificate.validFrom);
    const renews = Date.parse(certificate.validTo) - renewBeforeDays * dayInMs;
    return isOurs && begins <= now && now < renews ? issued : undefined;
  } catch {
    return undefined;
  }
}

function isSignedBy(server: Issued, authority: Issued): boolean {
  return new X509Certificate(server.certificate).verify(new X509Certificate(authority.certificate).publicKey);
}

async function keep(folder: string, what: string, issued: Issued): Promise<Issued> {
  await replace(join(folder, `${what}.key`), issued.key, 0o600);
  await replace(join(folder, `${what}.pem`), issued.certificate, 0o644);
  return issued;
}

async function replace(file: string, text: string, mode: number): Promise<void> {
  await writeFile(`${file}.new`, text, { mode });
  await rename(`${file}.new`, file);
}
