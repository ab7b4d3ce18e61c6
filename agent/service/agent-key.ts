import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  sign,
} from 'node:crypto';

/** The agent's own Ed25519 key pair. The private half never leaves the machine. */
export class AgentKey {
  readonly #privateKey: KeyObject;
  /** The 32 raw bytes of the public half, base64url. */
  readonly publicKey: string;

  constructor(privateKeyPem: string) {
    this.#privateKey = createPrivateKey(privateKeyPem);
    const { x } = createPublicKey(this.#privateKey).export({ format: 'jwk' });
    if (x === undefined) throw new Error('the agent key is not an Ed25519 key');
    this.publicKey = x;
  }

  /** A new private key, as PEM. */
  static create(): string {
    return generateKeyPairSync('ed25519').privateKey.export({ format: 'pem', type: 'pkcs8' }).toString();
  }

  sign(text: string): string {
    return sign(null, Buffer.from(text, 'utf8'), this.#privateKey).toString('base64url');
  }
}

export interface SignedParts {
  readonly method: string;
  readonly pathWithQuery: string;
  readonly timeInMs: number;
  readonly nonce: string;
  readonly body: Uint8Array;
}

/** What a signature covers: docs/formats/agent-protocol.md. */
export function textToSign({ method, pathWithQuery, timeInMs, nonce, body }: SignedParts): string {
  const digest = createHash('sha256').update(body).digest('hex');
  return [method, pathWithQuery, timeInMs, nonce, digest].join('\n');
}
