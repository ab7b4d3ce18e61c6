import { z } from 'zod';
import { AgentRole, PublicKey } from '../agent/identity';
import { ReplicaReport } from '../agent/report';
import { SiteAddresses } from '../agent/site';

/** Who an agent is: written when it registers, and when its key is changed. */
export const AgentRecord = z.object({
  agentId: z.uuid(),
  vaultId: z.string(),
  fabricId: z.string(),
  providerId: z.string(),
  publicKey: PublicKey,
  name: z.string(),
  roles: z.array(AgentRole),
  hostId: z.string(),
  registeredAtMs: z.int(),
});
export type AgentRecord = z.infer<typeof AgentRecord>;

/** What an agent said last. Level-triggered as the report is: losing it costs one report. */
export const AgentStatus = z.object({
  agentId: z.uuid(),
  saidAtMs: z.int(),
  version: z.string(),
  /** Of the machines and networks it reported last: what is the same is not written again. */
  siteDigest: z.string(),
  /** When the fabric's records were last brought up to date with it. */
  providerSeenAtMs: z.int(),
  replicas: z.array(ReplicaReport),
  /** The machines it speaks for. */
  machineIds: z.array(z.string()).optional(),
  /** Where it takes change logs in, if it does. */
  listens: SiteAddresses.optional(),
});
export type AgentStatus = z.infer<typeof AgentStatus>;
