import { createPrivateKey, createPublicKey, sign, verify } from 'node:crypto';
import { SignedEvidence, type EvidenceReport } from './evidence-report';
import { canonicalJson } from '../../model/canonical-json';

/** Signs a report with a key of PKCS #8 in PEM. The same report gives the same signature. */
export function signEvidence(report: EvidenceReport, privateKeyPem: string): SignedEvidence {
  const key = createPrivateKey(privateKeyPem);
  const publicKey = createPublicKey(key).export({ format: 'jwk' }).x ?? '';
  const value = sign(null, Buffer.from(canonicalJson(report)), key).toString('base64url');
  return { report, signature: { algorithm: 'Ed25519', publicKey, value } };
}

export type Verification =
  | { readonly isGenuine: true; readonly report: EvidenceReport; readonly publicKey: string }
  | { readonly isGenuine: false; readonly why: string };

/**
 * Checks a report offline: its form, its signature, and, where the reader knows the installation's key, that it is that one. A
 * report that carries its own key proves only that nobody changed it since.
 */
export function verifyEvidence(document: unknown, expectedPublicKey?: string): Verification {
  const parsed = SignedEvidence.safeParse(document);
  if (!parsed.success) return { isGenuine: false, why: 'This is not an evidence report of version 1.' };
  const { report, signature } = parsed.data;
  if (expectedPublicKey !== undefined && expectedPublicKey !== signature.publicKey) {
    return { isGenuine: false, why: 'The report was signed with another key.' };
  }
  const key = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x: signature.publicKey }, format: 'jwk' });
  const text = Buffer.from(canonicalJson(report));
  if (!verify(null, text, key, Buffer.from(signature.value, 'base64url'))) {
    return { isGenuine: false, why: 'The report was changed after it was signed.' };
  }
  return { isGenuine: true, report, publicKey: signature.publicKey };
}
