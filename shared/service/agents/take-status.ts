import type { AgentRecord } from '../../contracts/agents/agent-record';
import type { AgentStatus } from '../../contracts/agents/agent-record';
import type { AgentWish } from '../../contracts/agents/agent-wish';
import type { DesiredReplica } from '../../contracts/agent/desired';
import type { ReplicaReport, StatusAnswer, StatusReport, TaskResult } from '../../contracts/agent/report';
import { replicasStopped, taskResultOf } from '../../contracts/protection/events';
import { isRefusal, LifeboatError } from '../../errors';
import { isDormant } from '../../model/soft-delete';
import { putBy } from '../sites/ask-site';
import type { AgentCallPorts } from './agent-ports';
import { agentStatusKey, readAgentStatus } from './agent-records';
import { askDiscovery, noteDiscovery } from './ask-discovery';
import { noteHeartbeat } from './note-provider';
import { digestOfSite, noteSite } from './note-site';
import type { WishBoard } from './wish-board';

type Ports = AgentCallPorts & { readonly board: WishBoard };

const providerIntervalInMs = 60_000;

export interface TakenStatus {
  readonly answer: StatusAnswer;
  /** The protected items that something was said of, or whose machine is not among those that were named. */
  readonly itemIds: readonly string[];
}

/** Takes down what an agent says, all of it, and answers what it must know. Safe to repeat. */
export async function takeStatus(
  ports: Ports,
  agent: AgentRecord,
  report: StatusReport,
): Promise<TakenStatus> {
  const wish = await ports.board.read(agent.agentId);
  const own = await ownReplicas(ports, wish, report.replicas);
  const known = await readAgentStatus(ports.records, agent.agentId);
  const status = await noteAgent(ports, { agent, report, known });
  await ports.records.put(agentStatusKey(agent.agentId), { ...status, replicas: own });
  const keptFor = await ports.sites.take(agent, { keeps: report.keeps, wish });
  const replicas = await Promise.all(own.map((each) => answerFor(ports, each)));
  await noteTaskResults(ports, wish, report.taskResults);
  await noteDiscovery(ports, agent, report.taskResults);
  await noteStopped(ports, wish, report.replicas);
  const said = new Set(report.replicas.map(({ replicaId }) => replicaId));
  const machines = new Set(report.machines.map(({ machineId }) => machineId.toLowerCase()));
  return {
    answer: {
      serviceTimeInMs: ports.clock.now(),
      replicas: replicas.filter((each) => each !== undefined),
    },
    itemIds: [
      ...wish.items
        .filter(({ replicas: fed }) =>
          fed.some(
            ({ replicaId, machineId }) => said.has(replicaId) || !machines.has(machineId.toLowerCase()),
          ),
        )
        .map(({ itemId }) => itemId),
      ...keptFor,
    ],
  };
}

/** A replica that nobody wants any more is left out, though a deleted item may keep it; one that is another's is a lie. */
async function ownReplicas(
  { replicas }: Ports,
  wish: AgentWish,
  reports: readonly ReplicaReport[],
): Promise<ReplicaReport[]> {
  const wanted = new Set(wish.items.flatMap((item) => item.replicas.map(({ replicaId }) => replicaId)));
  for (const { replicaId } of reports) {
    if (wanted.has(replicaId)) continue;
    const record = await replicas.read(replicaId);
    if (record === undefined || isDormant(record)) continue;
    throw new LifeboatError('NotYourReplica', `Replica ${replicaId} is not fed by this agent.`, {
      target: replicaId,
    });
  }
  return reports.filter(({ replicaId }) => wanted.has(replicaId));
}

/** What the fabric shows of the agent and its machines is written when it changed, and once a minute. */
async function noteAgent(
  ports: Ports,
  { agent, report, known }: { agent: AgentRecord; report: StatusReport; known: AgentStatus | undefined },
): Promise<AgentStatus> {
  const { version, machines, networks, listens } = report;
  const saidAtMs = ports.clock.now();
  const siteDigest = digestOfSite({ machines, networks });
  if (known?.siteDigest !== siteDigest) await noteSite(ports, agent, report);
  const isDue = saidAtMs - (known?.providerSeenAtMs ?? 0) >= providerIntervalInMs;
  if (isDue) await noteHeartbeat(ports, { agent, version });
  if (isDue && report.roles.includes('provider')) await askDiscovery(ports, agent);
  return {
    agentId: agent.agentId,
    saidAtMs,
    version,
    siteDigest,
    providerSeenAtMs: isDue ? saidAtMs : (known?.providerSeenAtMs ?? saidAtMs),
    replicas: [],
    machineIds: machines.map(({ machineId }) => machineId),
    ...(listens === undefined ? {} : { listens }),
  };
}

const nowhere = { epoch: 0, sequence: 0 };

async function answerFor(
  { replicas }: Ports,
  report: ReplicaReport,
): Promise<StatusAnswer['replicas'][number] | undefined> {
  try {
    const { durable, applied, wants, cacheFull } = await replicas.report(report);
    const { replicaId } = report;
    return { replicaId, durable: durable ?? nowhere, applied: applied ?? nowhere, wants, cacheFull };
  } catch (error) {
    if (isRefusal(error, 'NotFound')) return undefined;
    throw error;
  }
}

/** The job is told first: a death in between tells it again, and a job listens once. */
async function noteTaskResults(
  { board, jobs, records, clock }: Ports,
  wish: AgentWish,
  results: readonly TaskResult[],
): Promise<void> {
  const done = results.filter(({ taskId }) => wish.tasks.some((task) => task.taskId === taskId));
  if (done.length === 0) return;
  for (const result of done) {
    const { jobId, isCollected } = wish.tasks.find(({ taskId }) => taskId === result.taskId) ?? {};
    if (isCollected === true) await putBy({ records, clock }, result);
    if (jobId !== undefined) await jobs.tell(jobId, taskResultOf(result.taskId).name, result);
  }
  await board.change(wish.agentId, (current) => ({
    ...current,
    tasks: current.tasks.filter(({ taskId }) => !done.some((result) => result.taskId === taskId)),
  }));
}

/** Tells the job that waits for a machine's streams to end; what nobody waits for is done with. */
async function noteStopped(
  { jobs, board }: Ports,
  wish: AgentWish,
  reports: readonly ReplicaReport[],
): Promise<void> {
  const isStopped = ({ replicaId, mode }: DesiredReplica): boolean => {
    const said = reports.find((report) => report.replicaId === replicaId);
    return mode === 'stop' && (said === undefined || said.state === 'stopped');
  };
  for (const { awaitedBy, replicas } of wish.items) {
    if (awaitedBy !== undefined && replicas.every(isStopped))
      await jobs.tell(awaitedBy, replicasStopped.name, {});
  }
  if (!wish.items.some((item) => item.awaitedBy === undefined && item.replicas.some(isStopped))) return;
  await board.change(wish.agentId, (current) => ({
    ...current,
    items: current.items
      .map((item) =>
        item.awaitedBy === undefined
          ? { ...item, replicas: item.replicas.filter((replica) => !isStopped(replica)) }
          : item,
      )
      .filter(({ replicas }) => replicas.length > 0),
  }));
}
