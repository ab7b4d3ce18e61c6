import { ConsistencyGroup } from '../../../contracts/agents/consistency-group';
import type { ProtectedItem } from '../../../contracts/catalogue/protected-item';
import { isRefusal } from '../../../errors';
import type { RecordKey, Records } from '../../../ports/records';
import { uuidOf } from '../../agents/agent-records';
import { readItem, vaultIdOf } from '../item-records';
import type { ProtectionPorts } from '../protection-ports';

/** The group that an item belongs to, or undefined for one that belongs to none. */
export function groupIdOf(itemId: string, { multiVmGroupName }: ProtectedItem): string | undefined {
  if (multiVmGroupName === undefined) return undefined;
  return uuidOf('group', vaultIdOf(itemId).toLowerCase(), multiVmGroupName.toLowerCase());
}

function keyOf(groupId: string): RecordKey {
  return { partition: 'consistency-groups', id: groupId };
}

/**
 * Changes a group, whoever else changes it meanwhile, and tells those whose part in it has changed. `how` is given undefined
 * for a group that is not there. A group that nobody belongs to any more is gone.
 */
export async function changeGroup(
  ports: Pick<ProtectionPorts, 'records' | 'board'>,
  groupId: string,
  how: (group: ConsistencyGroup | undefined) => ConsistencyGroup | undefined,
): Promise<ConsistencyGroup | undefined> {
  const { records } = ports;
  for (;;) {
    const stored = await records.get(keyOf(groupId));
    const before = stored === undefined ? undefined : ConsistencyGroup.parse(stored.body);
    const after = ConsistencyGroup.optional().parse(how(before));
    if (JSON.stringify(after) === JSON.stringify(before)) return before;
    try {
      if (after === undefined || after.enrolled.length === 0)
        await records.remove(keyOf(groupId), stored?.etag);
      else if (stored === undefined) await records.create(keyOf(groupId), after);
      else await records.replace(keyOf(groupId), after, stored.etag);
    } catch (error) {
      if (isRefusal(error, 'Conflict', 'PreconditionFailed', 'NotFound')) continue;
      throw error;
    }
    await tellMembers(ports, groupId, { before, after });
    return after;
  }
}

async function tellMembers(
  ports: Pick<ProtectionPorts, 'board'>,
  groupId: string,
  { before, after }: Readonly<Record<'before' | 'after', ConsistencyGroup | undefined>>,
): Promise<void> {
  const agents = [...(before?.members ?? []), ...(after?.members ?? [])].map(({ agentId }) => agentId);
  for (const agentId of new Set(agents)) await tellAgent(ports, { agentId, groupId, group: after });
}

/** Has an agent cut with the group as it is now; nothing is written where it does already. */
export async function tellAgent(
  { board }: Pick<ProtectionPorts, 'board'>,
  { agentId, groupId, group }: { agentId: string; groupId: string; group: ConsistencyGroup | undefined },
): Promise<void> {
  const members = group?.members ?? [];
  await board.change(agentId, (wish) => ({
    ...wish,
    items: wish.items.map((item) => {
      const { group: known, ...alone } = item;
      const isMember = members.some(({ itemId }) => itemId === item.itemId);
      if (isMember) return { ...alone, group: { groupId, members } };
      return known?.groupId === groupId ? alone : item;
    }),
  }));
}

/** The item belongs to its group no longer; the others go on without it. Safe to repeat. */
export async function leaveGroup(
  ports: Pick<ProtectionPorts, 'records' | 'board'>,
  itemId: string,
  item: ProtectedItem,
): Promise<void> {
  const groupId = groupIdOf(itemId, item);
  if (groupId === undefined) return;
  await changeGroup(ports, groupId, (group) =>
    group === undefined
      ? undefined
      : {
          ...group,
          enrolled: group.enrolled.filter((each) => each !== itemId),
          members: group.members.filter((each) => each.itemId !== itemId),
        },
  );
}

/** The items that an item shares its points with. */
export async function othersOfGroup(records: Records, itemId: string): Promise<string[]> {
  const item = await readItem(records, itemId);
  const groupId = item === undefined ? undefined : groupIdOf(itemId, item);
  if (groupId === undefined) return [];
  const stored = await records.get(keyOf(groupId));
  const group = stored === undefined ? undefined : ConsistencyGroup.parse(stored.body);
  return (group?.members ?? []).map((member) => member.itemId).filter((other) => other !== itemId);
}
