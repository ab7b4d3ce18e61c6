import type { ConsistencyGroup } from '../../../contracts/agents/consistency-group';
import type { ProtectedItem } from '../../../contracts/catalogue/protected-item';
import { LifeboatError } from '../../../errors';
import type { ProtectionPolicy } from '../../../model/protection-policy';
import { isSameResource } from '../../../model/resource-id';
import { fabricIdOf } from '../item-records';
import type { ProtectionPorts } from '../protection-ports';
import { changeGroup, groupIdOf } from './change-group';

/** As Site Recovery has it. */
const mostMachines = 16;

export interface Enrolment {
  readonly itemId: string;
  readonly item: ProtectedItem;
  readonly policy: ProtectionPolicy;
}

/** Takes a machine into the group that its request names, while it is being enabled and at no other time. Safe to repeat. */
export async function enrol(ports: ProtectionPorts, { itemId, item, policy }: Enrolment): Promise<void> {
  const groupId = groupIdOf(itemId, item);
  if (groupId === undefined) return;
  if (!policy.allowsGroups) throw mismatch(item, 'its policy has multi-VM consistency switched off');
  const { scenario, policyId } = item;
  const fabricId = fabricIdOf(itemId);
  await changeGroup(
    ports,
    groupId,
    (group = { groupId, scenario, fabricId, policyId, enrolled: [], members: [] }) => {
      if (group.enrolled.includes(itemId)) return group;
      checkFits(group, itemId, item);
      return { ...group, enrolled: [...group.enrolled, itemId] };
    },
  );
}

function checkFits(group: ConsistencyGroup, itemId: string, item: ProtectedItem): void {
  if (group.scenario !== item.scenario) throw mismatch(item, `it protects machines by ${group.scenario}`);
  if (!isSameResource(group.fabricId, fabricIdOf(itemId))) throw mismatch(item, 'it is of another fabric');
  if (!isSameResource(group.policyId, item.policyId)) throw mismatch(item, 'it has another policy');
  if (group.enrolled.length < mostMachines) return;
  throw new LifeboatError('LimitExceeded', `A consistency group has at most ${mostMachines} machines.`, {
    target: itemId,
  });
}

function mismatch({ multiVmGroupName, friendlyName }: ProtectedItem, why: string): LifeboatError {
  return new LifeboatError(
    'GroupMismatch',
    `The machine "${friendlyName}" cannot join the group "${multiVmGroupName ?? ''}": ${why}.`,
  );
}
