import { createHash, createPublicKey, verify } from 'node:crypto';
import { SignatureHeaders } from '../../contracts/agent/identity';
import type { AgentRecord } from '../../contracts/agents/agent-record';
import { LifeboatError } from '../../errors';
import type { Clock } from '../../ports/clock';
import type { Records } from '../../ports/records';
import { readAgent } from './agent-records';
import type { Nonces } from './nonces';

export interface SignedRequest {
  readonly method: string;
  readonly pathWithQuery: string;
  readonly headers: { get(name: string): string | null };
  readonly body: string;
  /** The call gives or changes something: its nonce is remembered by all instances, not by this one alone. */
  readonly isWeighty: boolean;
}

const largestSkewInMs = 5 * 60_000;

/** Who calls: the agent whose key signed exactly this request, just now, and for the first time. */
export async function checkSignature(
  { records, clock, nonces }: { records: Records; clock: Clock; nonces: Nonces },
  request: SignedRequest,
): Promise<AgentRecord> {
  const names = Object.keys(SignatureHeaders.shape);
  const parsed = SignatureHeaders.safeParse(
    Object.fromEntries(names.map((name) => [name, request.headers.get(name) ?? undefined])),
  );
  if (!parsed.success) throw unsigned();
  const {
    'x-lifeboat-agent': agentId,
    'x-lifeboat-time': time,
    'x-lifeboat-nonce': nonce,
    'x-lifeboat-signature': signature,
  } = parsed.data;
  const agent = await readAgent(records, agentId);
  if (agent === undefined) throw unsigned();
  const digest = createHash('sha256').update(request.body, 'utf8').digest('hex');
  const text = [request.method, request.pathWithQuery, time, nonce, digest].join('\n');
  if (!fits(text, signature, agent.publicKey)) throw unsigned();
  const skewInMs = Math.abs(clock.now() - Number(time));
  if (skewInMs > largestSkewInMs) {
    throw new LifeboatError('ClockSkew', 'The time of the request is more than five minutes off.');
  }
  await nonces.use({ agentId, nonce, timeInMs: Number(time), isWeighty: request.isWeighty });
  return agent;
}

function fits(text: string, signature: string, publicKey: string): boolean {
  const key = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x: publicKey }, format: 'jwk' });
  return verify(null, Buffer.from(text), key, Buffer.from(signature, 'base64url'));
}

function unsigned(): LifeboatError {
  return new LifeboatError('BadSignature', 'The request is not signed by a registered agent.');
}
