import type { ConsistencyGroup, GroupMember } from '../../../contracts/agents/consistency-group';
import { groupPort, type ReportedMachine } from '../../../contracts/agent/report';
import { scenarios } from '../../../model/scenarios';
import { stateOf } from '../../../model/scenarios/allowed';
import { readAgent } from '../../agents/agent-records';
import { cutsOf } from '../../agents/desired-markers';
import { feederOf } from '../feeder-of';
import { fabricIdOf } from '../item-records';
import type { ProtectionPorts } from '../protection-ports';
import type { ReviewedItem } from '../review/reviewed-item';
import { changeGroup, groupIdOf, tellAgent } from './change-group';

const silenceLimitInMs = 15 * 60_000;

/**
 * Has an item cut with the others of its group once it has been copied, and without it while it is compared, failed over or
 * not heard of: the others then go on. Costs nothing for an item that belongs to no group.
 */
export async function followGroup(ports: ProtectionPorts, reviewed: ReviewedItem): Promise<void> {
  const { itemId, item, agentId } = reviewed;
  const groupId = groupIdOf(itemId, item);
  if (groupId === undefined) return;
  const member = await memberOf(ports, reviewed);
  const { scenario, policyId } = item;
  const fabricId = fabricIdOf(itemId);
  const group = await changeGroup(
    ports,
    groupId,
    (known = { groupId, scenario, fabricId, policyId, enrolled: [], members: [] }) =>
      item.hold?.verb === 'disableProtection' ? known : withMember(known, itemId, member),
  );
  if (agentId !== undefined) await tellAgent(ports, { agentId, groupId, group });
}

/** Whoever is in keeps its place: the first to come coordinates. */
function withMember(
  group: ConsistencyGroup,
  itemId: string,
  member: GroupMember | undefined,
): ConsistencyGroup {
  const { enrolled, members } = group;
  const isKnown = members.some((each) => each.itemId === itemId);
  const others = members.filter((each) => each.itemId !== itemId);
  return {
    ...group,
    enrolled: enrolled.includes(itemId) ? enrolled : [...enrolled, itemId],
    members:
      member === undefined
        ? others
        : isKnown
          ? members.map((each) => (each.itemId === itemId ? member : each))
          : [...members, member],
  };
}

async function memberOf(ports: ProtectionPorts, reviewed: ReviewedItem): Promise<GroupMember | undefined> {
  const { itemId, item, agentId, status } = reviewed;
  if (agentId === undefined || status === undefined) return undefined;
  if (ports.clock.now() - status.saidAtMs > silenceLimitInMs) return undefined;
  if (stateOf(scenarios[item.scenario], item.state).active === 'Recovery') return undefined;
  const wish = (await ports.board.read(agentId)).items.find((each) => each.itemId === itemId);
  const agent = await readAgent(ports.records, agentId);
  const feeder = await feederOf(ports.records, itemId, item);
  if (wish?.isSettled !== true || agent === undefined) return undefined;
  const { crashIntervalInMs, appIntervalInMs } = wish;
  return {
    ...{ itemId, agentId, publicKey: agent.publicKey, replicaIds: cutsOf(wish).together, crashIntervalInMs },
    ...(appIntervalInMs === undefined ? {} : { appIntervalInMs }),
    ...endpointOf(feeder?.machine),
  };
}

function endpointOf(machine: ReportedMachine | undefined): Pick<GroupMember, 'endpoint'> {
  const host = machine?.nics[0]?.addresses[0];
  const endpoint = machine?.groupEndpoint ?? (host === undefined ? undefined : { host, port: groupPort });
  return endpoint === undefined ? {} : { endpoint };
}
