import { z } from 'zod';

/** What an agent does. One program; each role can run on a machine of its own. */
export const AgentRole = z.enum(['mobility', 'provider', 'processServer', 'masterTarget']);
export type AgentRole = z.infer<typeof AgentRole>;

/** An Ed25519 public key, the 32 raw bytes in base64url. */
export const PublicKey = z
  .string()
  .regex(/^[A-Za-z0-9_-]{43}$/, 'an Ed25519 public key, 32 bytes in base64url');

/** Buys a key pair's registration with a single-use token. */
export const RegisterAgent = z.strictObject({
  token: z.string().min(20).max(200),
  publicKey: PublicKey,
  name: z.string().min(1).max(100),
  version: z.string().max(40),
  roles: z.array(AgentRole).min(1),
  /** The machine the agent runs on, by its own unique id, so that a second registration of it is recognised. */
  hostId: z.string().min(1).max(200),
});
export type RegisterAgent = z.infer<typeof RegisterAgent>;

export const Registration = z.object({
  agentId: z.uuid(),
  vaultId: z.string(),
  fabricName: z.string(),
  serviceTimeInMs: z.int(),
});
export type Registration = z.infer<typeof Registration>;

/** Replaces the agent's key. Signed with the old one. */
export const RotateKey = z.strictObject({ publicKey: PublicKey });
export type RotateKey = z.infer<typeof RotateKey>;

/** The headers of a signed request. The signature covers method, path with query, time, nonce and the body's SHA-256. */
export const SignatureHeaders = z.object({
  'x-lifeboat-agent': z.uuid(),
  'x-lifeboat-time': z.string().regex(/^\d{13}$/),
  'x-lifeboat-nonce': z.uuid(),
  'x-lifeboat-signature': z.string().regex(/^[A-Za-z0-9_-]{86}$/),
});
export type SignatureHeaders = z.infer<typeof SignatureHeaders>;
