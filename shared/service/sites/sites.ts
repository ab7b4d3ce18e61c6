import type { AgentRecord } from '../../contracts/agents/agent-record';
import type { KeptReplica } from '../../contracts/agent/site';
import type { AgentWish } from '../../contracts/agents/agent-wish';
import { LifeboatError } from '../../errors';
import { readAgent, readAgentStatus } from '../agents/agent-records';
import { readItem } from '../protection/item-records';
import { readReplicaRecord } from '../replica/replica-records';
import type { ReplicationPorts } from '../replication-ports';
import { takeKept } from './take-kept';

/** Servers of sites, for those who face agents. */
export interface Sites {
  /** Takes down what a master target keeps. Answers the items of which something is new. */
  take(
    agent: AgentRecord,
    said: { readonly keeps: readonly KeptReplica[]; readonly wish: AgentWish },
  ): Promise<readonly string[]>;
  /** Where the logs of an epoch are sent on the site's own network; undefined where they go to the cache account. */
  intakeOf(replicaId: string, epoch: number): Promise<string | undefined>;
  /** True for a process server of the site whose agent feeds the replica. */
  speaksFor(agent: AgentRecord, replicaId: string): Promise<boolean>;
}

export function sitesOn(ports: ReplicationPorts): Sites {
  return {
    take: (agent, said) => takeKept(ports, agent, said),
    intakeOf: (replicaId, epoch) => intakeOf(ports, replicaId, epoch),
    speaksFor: (agent, replicaId) => speaksFor(ports, agent, replicaId),
  };
}

async function intakeOf(
  { records }: ReplicationPorts,
  replicaId: string,
  epoch: number,
): Promise<string | undefined> {
  const keeper = (await readReplicaRecord(records, replicaId))?.keeper;
  if (keeper === undefined) return undefined;
  const at = (await readAgentStatus(records, keeper))?.listens?.masterTarget;
  if (at === undefined) {
    throw new LifeboatError('SiteSilent', 'The master target has not said where it listens.', {
      target: keeper,
    });
  }
  return `https://${at.host}:${at.port}/logs/${replicaId}/${epoch}`;
}

async function speaksFor(
  { records }: ReplicationPorts,
  { roles, fabricId, vaultId }: AgentRecord,
  replicaId: string,
): Promise<boolean> {
  if (!roles.includes('processServer')) return false;
  const ownerId = (await readReplicaRecord(records, replicaId))?.ownerId;
  const item = ownerId === undefined ? undefined : await readItem(records, ownerId);
  const feederId = item?.['agentId'];
  const feeder = typeof feederId === 'string' ? await readAgent(records, feederId) : undefined;
  return feeder !== undefined && feeder.vaultId === vaultId && isSame(feeder.fabricId, fabricId);
}

function isSame(left: string, right: string): boolean {
  return left.toLowerCase() === right.toLowerCase();
}
