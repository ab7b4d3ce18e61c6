import { z } from 'zod';
import type { Grant, GrantRequest, RingDoorbells } from '../../contracts/agent/transfer';
import type { AgentRecord } from '../../contracts/agents/agent-record';
import { agentKey } from './agent-records';
import type { DesiredReplica } from '../../contracts/agent/desired';
import { LifeboatError } from '../../errors';
import type { AgentPorts } from './agent-ports';
import type { Allowance } from './allowance';
import type { WishBoard } from './wish-board';

type Ports = AgentPorts & { readonly board: WishBoard };

const grantLifetimeInMs = 3_600_000;

/** What is wanted of a replica that this agent feeds, or a refusal: nobody touches another's. */
export async function ownReplica(
  { board }: { readonly board: WishBoard },
  { agentId }: AgentRecord,
  replicaId: string,
): Promise<DesiredReplica> {
  const { items } = await board.read(agentId);
  const found = items.flatMap(({ replicas }) => replicas).find((each) => each.replicaId === replicaId);
  if (found !== undefined) return found;
  throw new LifeboatError('NotYourReplica', `Replica ${replicaId} is not fed by this agent.`, {
    target: replicaId,
  });
}

const Opened = z.object({ disks: z.array(z.object({ replicaId: z.string() })) });

/** Refuses an agent to compare with a replica that it neither feeds nor is asked to bring back to its disks. */
export async function expectComparable(
  ports: { readonly board: WishBoard },
  agent: AgentRecord,
  replicaId: string,
): Promise<void> {
  const { tasks } = await ports.board.read(agent.agentId);
  const opened = tasks
    .filter(({ kind }) => kind === 'openRecoveryPoint')
    .flatMap(({ parameters }) => Opened.safeParse(parameters).data?.disks ?? []);
  if (opened.some((disk) => disk.replicaId === replicaId)) return;
  await ownReplica(ports, agent, replicaId);
}

/** Refuses an agent that neither feeds a replica nor is a process server of the site that does. */
async function expectSender(ports: Ports, agent: AgentRecord, replicaId: string): Promise<void> {
  if (await ports.sites.speaksFor(agent, replicaId)) return;
  await ownReplica(ports, agent, replicaId);
}

/** The right to create change logs in one epoch, for an hour at most. */
export async function grantUpload(
  ports: Ports,
  agent: AgentRecord,
  { replicaId, epoch }: GrantRequest,
): Promise<Grant> {
  await expectSender(ports, agent, replicaId);
  await ports.replicas.admitUpload(replicaId, epoch);
  const expiresAtMs = ports.clock.now() + grantLifetimeInMs;
  const url = await ports.sites.intakeOf(replicaId, epoch);
  if (url !== undefined) return { url, expiresAtInMs: expiresAtMs };
  const grant = await ports.grants.grant(replicaId, epoch, expiresAtMs);
  return { url: grant.url, expiresAtInMs: grant.expiresAtMs };
}

/** Queues a doorbell for each replica. How many an agent may ring is bounded; what it rings in vain costs nothing. */
export async function ringDoorbells(
  ports: Ports & { readonly allowance: Allowance },
  agent: AgentRecord,
  { replicaIds }: RingDoorbells,
): Promise<void> {
  ports.allowance.take(agent.agentId, replicaIds.length);
  const { items } = await ports.board.read(agent.agentId);
  const own = new Set(items.flatMap(({ replicas }) => replicas.map(({ replicaId }) => replicaId)));
  for (const replicaId of replicaIds) if (!own.has(replicaId)) await expectSender(ports, agent, replicaId);
  await Promise.all([...new Set(replicaIds)].map((replicaId) => ports.doorbells.ring(replicaId)));
}

/** From now on the agent signs with this key. */
export async function rotateKey(
  { records }: Pick<AgentPorts, 'records'>,
  agent: AgentRecord,
  publicKey: string,
): Promise<void> {
  await records.put(agentKey(agent.agentId), { ...agent, publicKey });
}
