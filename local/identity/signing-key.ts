import { calculateJwkThumbprint, exportJWK, exportPKCS8, generateKeyPair, importPKCS8 } from 'jose';
import type { CryptoKey, JWK } from 'jose';
import { createPublicKey } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

export interface SigningKey {
  readonly keyId: string;
  readonly privateKey: CryptoKey;
  /** What the world may know of it, as it stands in the key set. */
  readonly publicJwk: JWK;
}

/** The key of this folder, made at the first start: tokens stay good over restarts. */
export async function openSigningKey(folder: string): Promise<SigningKey> {
  const file = join(folder, 'signing.key');
  const pem = existsSync(file) ? await readFile(file, 'utf8') : await makeKey(folder, file);
  const privateKey = await importPKCS8(pem, 'RS256');
  const { kty, n, e } = await exportJWK(createPublicKey(pem));
  const publicPart = { kty, n, e } as JWK;
  const keyId = await calculateJwkThumbprint(publicPart);
  return { keyId, privateKey, publicJwk: { ...publicPart, use: 'sig', alg: 'RS256', kid: keyId } };
}

async function makeKey(folder: string, file: string): Promise<string> {
  const { privateKey } = await generateKeyPair('RS256', { extractable: true });
  const pem = await exportPKCS8(privateKey);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await writeFile(`${file}.new`, pem, { mode: 0o600 });
  await rename(`${file}.new`, file);
  return pem;
}
