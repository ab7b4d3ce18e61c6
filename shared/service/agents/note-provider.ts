import { type Fabric, Provider } from '../../contracts/catalogue/site';
import type { AgentRecord } from '../../contracts/agents/agent-record';
import type { Resource } from '../../contracts/catalogue/resource';
import { isRefusal } from '../../errors';
import type { Clock } from '../../ports/clock';
import type { Records } from '../../ports/records';
import { changeResource, putResource, readResource } from '../catalogue/resources';

/** The name of an agent's record among its fabric's servers: its own, unless another agent has it. */
export async function providerNameFor(
  records: Records,
  { fabricId, name, agentId }: { fabricId: string; name: string; agentId: string },
): Promise<string> {
  const plain = name.replaceAll(/[^\w.-]+/g, '-').replaceAll(/^[.-]+|[.-]+$/g, '') || 'agent';
  const there = await readResource(records, `${fabricId}/replicationRecoveryServicesProviders/${plain}`);
  if (there === undefined) return plain;
  const known = Provider.parse(there.resource.properties);
  // An announced server has no version before its agent came.
  return known.agentId === agentId || known.version === '' ? plain : `${plain}-${agentId.slice(0, 8)}`;
}

/** Shows a registered agent where people look for servers. Safe to repeat. */
export async function noteProvider(
  { records, clock }: { records: Records; clock: Clock },
  { agent, version, fabric }: { agent: AgentRecord; version: string; fabric: Resource },
): Promise<void> {
  const { kind, friendlyName } = fabric.properties as Partial<Fabric>;
  const before = await readResource(records, agent.providerId);
  const properties: Provider = {
    protectedItemCount: 0,
    healthErrors: [],
    ...before?.resource.properties,
    friendlyName: agent.name,
    machineName: agent.name,
    fabricKind: kind ?? '',
    fabricFriendlyName: friendlyName ?? fabric.name,
    agentId: agent.agentId,
    version,
    connected: true,
    lastHeartbeatInMs: clock.now(),
  };
  await putResource(records, {
    id: agent.providerId,
    name: agent.providerId.split('/').at(-1) ?? '',
    type: 'Microsoft.RecoveryServices/vaults/replicationFabrics/replicationRecoveryServicesProviders',
    properties,
  });
}

/** Notes that the agent was heard; nothing if a person removed its record. */
export async function noteHeartbeat(
  { records, clock }: { records: Records; clock: Clock },
  { agent, version }: { agent: AgentRecord; version: string },
): Promise<void> {
  try {
    await changeResource(records, agent.providerId, (current) => ({
      ...current,
      properties: {
        ...current.properties,
        version,
        connected: true,
        lastHeartbeatInMs: clock.now(),
      },
    }));
  } catch (error) {
    if (!isRefusal(error, 'NotFound')) throw error;
  }
}
