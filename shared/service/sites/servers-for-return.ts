import { OtherSide } from '../../contracts/catalogue/other-side';
import type { ProtectedItem } from '../../contracts/catalogue/protected-item';
import type { SiteAddress } from '../../contracts/agent/site';
import { LifeboatError } from '../../errors';
import type { Clock } from '../../ports/clock';
import type { Records } from '../../ports/records';
import { readAgent } from '../agents/agent-records';
import { fabricIdOf, vaultIdOf } from '../protection/item-records';
import { serverNamed, serversOf, spreadOver } from './choose-servers';

type Ports = { readonly records: Records; readonly clock: Clock };

interface Returning {
  readonly itemId: string;
  readonly item: ProtectedItem;
  /** The master target that the request names. */
  readonly name: string | undefined;
}

/** The replicas that are left at the other site; undefined before the first turn. */
export function otherSideOf(item: ProtectedItem): OtherSide | undefined {
  return OtherSide.optional().parse(item['otherSide']);
}

/** The master target that keeps the replicas of a machine of two sites once its direction has turned. What is missing is named. */
export async function keeperForReturn(ports: Ports, { itemId, item, name }: Returning): Promise<string> {
  const now = await readAgent(ports.records, item.keeperId ?? '');
  const awayFabricId = now?.fabricId ?? item.recoveryFabricId ?? '';
  if (name !== undefined) {
    const role = 'masterTarget';
    const server = await serverNamed(ports, { vaultId: vaultIdOf(itemId), role, name });
    if (server === undefined) throw missing(`The master target "${name}" has not been heard lately.`, name);
    if (!isSame(server.agent.fabricId, awayFabricId)) return server.agent.agentId;
    throw missing(`The master target "${name}" is at the site that the machine runs at: name another.`, name);
  }
  const isAwayFromHome = !isSame(awayFabricId, fabricIdOf(itemId));
  const toFabricId = isAwayFromHome ? fabricIdOf(itemId) : (item.recoveryFabricId ?? '');
  const servers = await serversOf(ports, toFabricId, 'masterTarget');
  const before = otherSideOf(item)?.keeperId;
  const chosen =
    servers.find(({ agent }) => agent.agentId === before) ?? spreadOver(servers, item.friendlyName);
  if (chosen !== undefined) return chosen.agent.agentId;
  throw missing(`No master target has been heard lately at ${toFabricId}: run one there.`, toFabricId);
}

/** The process server of this name, which has to be at the same site as the master target that kept the machine until now. */
export async function processServerBeside(
  ports: Ports,
  itemId: string,
  { keeperId, name }: { readonly keeperId: string; readonly name: string },
): Promise<SiteAddress | undefined> {
  const server = await serverNamed(ports, { vaultId: vaultIdOf(itemId), role: 'processServer', name });
  if (server === undefined) throw missing(`The process server "${name}" has not been heard lately.`, name);
  const keeper = await readAgent(ports.records, keeperId);
  if (keeper !== undefined && !isSame(server.agent.fabricId, keeper.fabricId)) {
    throw missing(`The process server "${name}" is not at the site that the machine runs at.`, name);
  }
  return server.status.listens?.processServer;
}

function missing(message: string, target: string): LifeboatError {
  return new LifeboatError('FailbackPrerequisiteMissing', message, { target });
}

function isSame(left: string, right: string): boolean {
  return left.toLowerCase() === right.toLowerCase();
}
