import 'reflect-metadata';
import {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  Extension,
  KeyUsageFlags,
  KeyUsagesExtension,
  SubjectAlternativeNameExtension,
  SubjectKeyIdentifierExtension,
  X509Certificate,
  X509CertificateGenerator,
} from '@peculiar/x509';
import { createPrivateKey, createPublicKey, generateKeyPairSync, webcrypto } from 'node:crypto';

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };

/** A certificate with its private key, both as PEM. */
export interface Issued {
  readonly certificate: string;
  readonly key: string;
}

export interface Validity {
  readonly notBefore: Date;
  readonly notAfter: Date;
}

/** A self-signed authority that can vouch for this machine's loopback names and for nothing else. */
export async function issueAuthority(name: string, validity: Validity): Promise<Issued> {
  const pair = newKey();
  const keys = await imported(pair);
  const certificate = await X509CertificateGenerator.createSelfSigned({
    name: `CN=${name}`,
    keys,
    signingAlgorithm: algorithm,
    ...validity,
    extensions: [
      new BasicConstraintsExtension(true, 0, true),
      new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
      await SubjectKeyIdentifierExtension.create(keys.publicKey),
      new Extension('2.5.29.30', true, loopbackOnly()),
    ],
  });
  return { certificate: `${certificate.toString('pem')}\n`, key: pair };
}

/** A server certificate for 127.0.0.1 and localhost, signed by the authority. */
export async function issueServer(authority: Issued, validity: Validity): Promise<Issued> {
  const pair = newKey();
  const keys = await imported(pair);
  const signer = await imported(authority.key);
  const certificate = await X509CertificateGenerator.create({
    subject: 'CN=localhost',
    issuer: new X509Certificate(authority.certificate).subject,
    publicKey: keys.publicKey,
    signingKey: signer.privateKey,
    signingAlgorithm: algorithm,
    ...validity,
    extensions: [
      new BasicConstraintsExtension(false, undefined, true),
      new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
      new ExtendedKeyUsageExtension([ExtendedKeyUsage.serverAuth]),
      // Clients may know several authorities of one name, each of its own data folder: the key tells them apart.
      await AuthorityKeyIdentifierExtension.create(signer.publicKey),
      new SubjectAlternativeNameExtension([
        { type: 'ip', value: '127.0.0.1' },
        { type: 'dns', value: 'localhost' },
      ]),
    ],
  });
  return { certificate: `${certificate.toString('pem')}\n`, key: pair };
}

function newKey(): string {
  return generateKeyPairSync('ec', {
    namedCurve: 'P-256',
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  }).privateKey;
}

async function imported(pem: string): Promise<webcrypto.CryptoKeyPair> {
  const privateKey = createPrivateKey(pem);
  const pkcs8 = privateKey.export({ type: 'pkcs8', format: 'der' });
  const spki = createPublicKey(privateKey).export({ type: 'spki', format: 'der' });
  return {
    privateKey: await webcrypto.subtle.importKey('pkcs8', pkcs8, algorithm, true, ['sign']),
    publicKey: await webcrypto.subtle.importKey('spki', spki, algorithm, true, ['verify']),
  };
}

/**
 * X.509 name constraints, in DER: permitted are the name localhost and the address 127.0.0.1. A person who trusts this
 * authority in a browser gives it no power over any other site.
 */
function loopbackOnly(): Uint8Array {
  const name = der(0x30, der(0x82, Buffer.from('localhost', 'latin1')));
  const address = der(0x30, der(0x87, Uint8Array.of(127, 0, 0, 1, 255, 255, 255, 255)));
  return der(0x30, der(0xa0, Buffer.concat([name, address])));
}

function der(tag: number, content: Uint8Array): Buffer {
  return Buffer.concat([Uint8Array.of(tag, content.byteLength), content]);
}
