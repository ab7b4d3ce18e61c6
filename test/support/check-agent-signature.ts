import { createHash, createPublicKey, verify } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { SignatureHeaders } from '../../shared/contracts/agent/identity';

export interface SignedCall {
  readonly request: IncomingMessage;
  readonly path: string;
  readonly body: Buffer;
  readonly publicKey: string | undefined;
}

/** Throws unless the call is signed with the agent's key. */
export function checkAgentSignature({ request, path, body, publicKey = '' }: SignedCall): void {
  const headers = SignatureHeaders.parse(request.headers);
  const key = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x: publicKey }, format: 'jwk' });
  const digest = createHash('sha256').update(body).digest('hex');
  const text = [request.method, path, headers['x-lifeboat-time'], headers['x-lifeboat-nonce'], digest].join(
    '\n',
  );
  const signature = Buffer.from(headers['x-lifeboat-signature'], 'base64url');
  if (!verify(null, Buffer.from(text), key, signature)) throw new Error('the signature does not fit');
}
