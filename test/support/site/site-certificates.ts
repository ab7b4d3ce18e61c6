import 'reflect-metadata';
import { webcrypto } from 'node:crypto';
import {
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  SubjectAlternativeNameExtension,
  X509Certificate,
  X509CertificateGenerator,
} from '@peculiar/x509';
import type { SiteTrust } from '../../../agent/site/site-trust';

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
const validity = { notBefore: new Date('2020-01-01'), notAfter: new Date('2099-01-01') };

/** An authority of a site, which vouches for servers and agents on this machine. */
export class SiteAuthority {
  private constructor(
    private readonly keys: webcrypto.CryptoKeyPair,
    private readonly certificate: string,
  ) {}

  static async create(name = 'a site'): Promise<SiteAuthority> {
    const keys = await newKeys();
    const certificate = await X509CertificateGenerator.createSelfSigned({
      ...{ name: `CN=${name}`, keys, signingAlgorithm: algorithm, ...validity },
      extensions: [new BasicConstraintsExtension(true, 0, true)],
    });
    return new SiteAuthority(keys, certificate.toString('pem'));
  }

  async issue(name: string): Promise<SiteTrust> {
    const keys = await newKeys();
    const certificate = await X509CertificateGenerator.create({
      ...{ subject: `CN=${name}`, issuer: subjectOf(this.certificate), publicKey: keys.publicKey },
      ...{ signingKey: this.keys.privateKey, signingAlgorithm: algorithm, ...validity },
      extensions: [
        new BasicConstraintsExtension(false, undefined, true),
        new ExtendedKeyUsageExtension([ExtendedKeyUsage.serverAuth, ExtendedKeyUsage.clientAuth]),
        new SubjectAlternativeNameExtension([{ type: 'ip', value: '127.0.0.1' }]),
      ],
    });
    return {
      authority: this.certificate,
      certificate: certificate.toString('pem'),
      key: await pemOf(keys.privateKey),
    };
  }
}

function subjectOf(certificate: string): string {
  return new X509Certificate(certificate).subject;
}

async function newKeys(): Promise<webcrypto.CryptoKeyPair> {
  return webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
}

async function pemOf(key: webcrypto.CryptoKey): Promise<string> {
  const der = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', key));
  const lines = der.toString('base64').match(/.{1,64}/g) ?? [];
  return `-----BEGIN PRIVATE KEY-----\n${lines.join('\n')}\n-----END PRIVATE KEY-----\n`;
}
