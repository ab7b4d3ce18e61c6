import type { AgentRecord, AgentStatus } from '../../contracts/agents/agent-record';
import type { AgentRole } from '../../contracts/agent/identity';
import type { SiteAddress } from '../../contracts/agent/site';
import { Provider } from '../../contracts/catalogue/site';
import type { ProtectedItem } from '../../contracts/catalogue/protected-item';
import { LifeboatError } from '../../errors';
import type { Clock } from '../../ports/clock';
import type { Records } from '../../ports/records';
import { readAgent, readAgentStatus } from '../agents/agent-records';
import { everyResource } from '../catalogue/resources';
import { vaultIdOf } from '../protection/item-records';

type Ports = { readonly records: Records; readonly clock: Clock };

const silenceLimitInMs = 15 * 60_000;

/** The servers of sites that an item's stream goes through. */
export interface SiteServers {
  /** The master target that keeps its replicas; undefined where they are kept in the target account. */
  readonly keeperId?: string;
  readonly processServer?: SiteAddress;
}

/** Which servers an item is to use, by what it was enabled with. Refuses with `SiteServerMissing` where one that it needs is not there. */
export async function chooseServers(
  ports: Ports,
  itemId: string,
  item: Pick<ProtectedItem, 'scenario' | 'enabledWith' | 'recoveryFabricId' | 'friendlyName'>,
): Promise<SiteServers> {
  const vaultId = vaultIdOf(itemId);
  const { masterTargetId, processServerId } = item.enabledWith;
  const keeper = await keeperFor(ports, { vaultId, item, masterTargetId });
  const server =
    textOf(processServerId) === undefined
      ? undefined
      : await serverNamed(ports, { vaultId, role: 'processServer', name: textOf(processServerId) });
  const processServer = server?.status.listens?.processServer;
  return {
    ...(keeper === undefined ? {} : { keeperId: keeper.agent.agentId }),
    ...(processServer === undefined ? {} : { processServer }),
  };
}

interface KeeperWish {
  readonly vaultId: string;
  readonly item: Pick<ProtectedItem, 'scenario' | 'recoveryFabricId' | 'friendlyName'>;
  readonly masterTargetId: unknown;
}

async function keeperFor(
  ports: Ports,
  { vaultId, item, masterTargetId }: KeeperWish,
): Promise<SiteServer | undefined> {
  const { scenario, recoveryFabricId, friendlyName } = item;
  if (scenario !== 'HyperVReplica2012R2' && scenario !== 'InMage') return undefined;
  const role = 'masterTarget';
  const found =
    scenario === 'InMage'
      ? await serverNamed(ports, { vaultId, role, name: textOf(masterTargetId) })
      : spreadOver(await serversOf(ports, recoveryFabricId ?? '', role), friendlyName);
  if (found !== undefined) return found;
  const where =
    scenario === 'InMage' ? `named "${textOf(masterTargetId) ?? ''}"` : `in ${recoveryFabricId ?? ''}`;
  throw new LifeboatError('SiteServerMissing', `No master target ${where} has been heard lately.`);
}

interface SiteServer {
  readonly agent: AgentRecord;
  readonly status: AgentStatus;
  readonly providerId: string;
}

/** The servers of a fabric that play this role and were heard lately. */
export async function serversOf(ports: Ports, fabricId: string, role: AgentRole): Promise<SiteServer[]> {
  const { records, clock } = ports;
  const servers: SiteServer[] = [];
  for await (const { resource } of everyResource(records, fabricId, 'replicationRecoveryServicesProviders')) {
    const { agentId } = Provider.parse(resource.properties);
    const agent = await readAgent(records, agentId);
    const status = await readAgentStatus(records, agentId);
    if (agent?.roles.includes(role) !== true || status === undefined) continue;
    if (clock.now() - status.saidAtMs > silenceLimitInMs) continue;
    servers.push({ agent, status, providerId: resource.id });
  }
  return servers;
}

/** A server of any fabric of the vault, by its id, its name, or the id of its agent. */
export async function serverNamed(
  ports: Ports,
  {
    vaultId,
    role,
    name,
  }: { readonly vaultId: string; readonly role: AgentRole; readonly name: string | undefined },
): Promise<SiteServer | undefined> {
  const wanted = name?.toLowerCase();
  for await (const { resource } of everyResource(ports.records, vaultId, 'replicationFabrics')) {
    for (const server of await serversOf(ports, resource.id, role)) {
      const { agent, providerId } = server;
      const names = [providerId, providerId.split('/').at(-1) ?? '', agent.agentId, agent.name];
      if (names.some((each) => each.toLowerCase() === wanted)) return server;
    }
  }
  return undefined;
}

/** Machines are spread over the servers of a site by their names, so that each stays with its own. */
export function spreadOver(servers: readonly SiteServer[], name: string): SiteServer | undefined {
  const sum = [...name].reduce((total, letter) => total + (letter.codePointAt(0) ?? 0), 0);
  return servers[sum % Math.max(1, servers.length)];
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}
