import type { RegisterAgent, Registration } from '../../contracts/agent/identity';
import type { AgentRecord } from '../../contracts/agents/agent-record';
import { RegistrationToken } from '../../contracts/agents/registration-token';
import { Fabric } from '../../contracts/catalogue/site';
import type { Resource } from '../../contracts/catalogue/resource';
import { isRefusal, LifeboatError } from '../../errors';
import { requireResource } from '../catalogue/resources';
import type { AgentPorts } from './agent-ports';
import { agentKey, tokenKey, uuidOf } from './agent-records';
import { noteProvider, providerNameFor } from './note-provider';

type Ports = Pick<AgentPorts, 'records' | 'clock'>;

/**
 * Registers a key pair for a token. The same host in the same fabric is the same agent again, under its new key. A request
 * that was sent twice is answered twice: the token remembers whom it let in.
 */
export async function registerAgent(ports: Ports, request: RegisterAgent): Promise<Registration> {
  const fabricId = (await readToken(ports, request.token)).fabricId;
  const { resource: fabric } = await requireResource(ports.records, fabricId);
  const { internalId } = Fabric.parse(fabric.properties);
  const agentId = uuidOf('agent', internalId, request.hostId);
  const { vaultId } = await useToken(ports, request, agentId);
  const agent = await agentFor(ports, { request, agentId, vaultId, fabric });
  await ports.records.put(agentKey(agentId), agent);
  await noteProvider(ports, { agent, version: request.version, fabric });
  return { agentId, vaultId, fabricName: fabric.name, serviceTimeInMs: ports.clock.now() };
}

async function agentFor(
  ports: Ports,
  of: { request: RegisterAgent; agentId: string; vaultId: string; fabric: Resource },
): Promise<AgentRecord> {
  const { request, agentId, vaultId, fabric } = of;
  const { publicKey, name, roles, hostId } = request;
  const providerName = await providerNameFor(ports.records, { fabricId: fabric.id, name, agentId });
  return {
    ...{ agentId, vaultId, fabricId: fabric.id, publicKey, name, roles, hostId },
    providerId: `${fabric.id}/replicationRecoveryServicesProviders/${providerName}`,
    registeredAtMs: ports.clock.now(),
  };
}

async function readToken({ records, clock }: Ports, token: string): Promise<RegistrationToken> {
  const stored = await records.get(tokenKey(token));
  if (stored === undefined) throw new LifeboatError('BadSignature', 'There is no such registration token.');
  const known = RegistrationToken.parse(stored.body);
  if (clock.now() >= known.expiresAtMs) {
    throw new LifeboatError('TokenExpired', 'The registration token has expired.');
  }
  return known;
}

/** Of two at once, one gets it. */
async function useToken(
  ports: Ports,
  { token, publicKey }: RegisterAgent,
  agentId: string,
): Promise<RegistrationToken> {
  const usedBy = uuidOf(agentId, publicKey);
  for (;;) {
    const stored = await ports.records.get(tokenKey(token));
    const known = RegistrationToken.parse(stored?.body);
    if (known.usedBy === usedBy) return known;
    if (known.usedBy !== undefined || stored === undefined) {
      throw new LifeboatError('TokenUsed', 'The registration token was used before.');
    }
    try {
      await ports.records.replace(tokenKey(token), { ...known, usedBy }, stored.etag);
      return known;
    } catch (error) {
      if (!isRefusal(error, 'PreconditionFailed')) throw error;
    }
  }
}
