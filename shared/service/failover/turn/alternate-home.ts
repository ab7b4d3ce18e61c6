import { z } from 'zod';
import type { KnownMachine } from '../../../contracts/agents/known-machine';
import type { ProtectedItem } from '../../../contracts/catalogue/protected-item';
import type { FailoverJob } from '../../../contracts/jobs/failover-steps';
import { LifeboatError } from '../../../errors';
import type { Records } from '../../../ports/records';
import { findVirtualMachine } from '../../agents/known-machines';
import { fabricIdOf } from '../../protection/item-records';
import { recoveriesOf } from '../recovery-records';
import { homeOf } from '../route';

const Wish = z.looseObject({ providerIdForAlternateRecovery: z.string().nullish() });
const Left = z.array(z.string()).catch([]);

/** The machine of another host that the caller wants to come back to; undefined for the one that the item came from. */
export async function alternateHome(
  records: Records,
  { itemId, provider }: FailoverJob,
  item: ProtectedItem,
): Promise<KnownMachine | undefined> {
  const providerId = Wish.parse(provider ?? {}).providerIdForAlternateRecovery ?? '';
  if (providerId === '') return undefined;
  const name = item.friendlyName;
  const { real, away } = recoveriesOf(item);
  // The agent of the recovered machine may be heard at the same site, under the same name.
  const otherThan = (away ?? real)?.machine?.id;
  const known = await findVirtualMachine(records, fabricIdOf(itemId), { name, otherThan, providerId });
  const sizes = known?.machine.disks.map(({ sizeBytes }) => sizeBytes) ?? [];
  if (known !== undefined && item.disks.every(({ sizeBytes }, index) => sizeBytes <= (sizes[index] ?? 0))) {
    return known;
  }
  const wanted = item.disks.map(({ sizeBytes }) => sizeBytes).join(', ');
  throw new LifeboatError(
    'FailbackPrerequisiteMissing',
    `The provider "${providerId}" speaks for no machine "${name}" to come back to: make one there with disks of at least ${wanted} bytes and an agent.`,
    { target: providerId },
  );
}

/** The item as it is once its machine runs elsewhere: fed from there. The agent it has left goes on keeping its old disks still. */
export function arrivedElsewhere(item: ProtectedItem): Partial<ProtectedItem> {
  const home = homeOf(item);
  if (home?.elsewhere === undefined) return {};
  const { machineId, agentId } = home.elsewhere;
  const left = leftAgentsOf(item);
  return {
    ...{ protectableItemId: undefined, sourceMachineId: machineId, agentId },
    leftAgentIds: home.agentId === undefined ? left : [...left, home.agentId],
  };
}

/** Agents of machines that the item came from once, and did not come back to. */
export function leftAgentsOf(item: ProtectedItem): readonly string[] {
  return Left.parse(item['leftAgentIds']);
}
