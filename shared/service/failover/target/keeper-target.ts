import { z } from 'zod';
import { present } from '../../../assert';
import type { ProtectedItem } from '../../../contracts/catalogue/protected-item';
import type { Recovery } from '../../../contracts/catalogue/recovery';
import { BootVerdict } from '../../../contracts/compute/target-machine';
import type { FailoverJob, StepCall } from '../../../contracts/jobs/failover-steps';
import { LifeboatError } from '../../../errors';
import { readAgent, readAgentStatus, uuidOf } from '../../agents/agent-records';
import { feederOf } from '../../protection/feeder-of';
import { askSite } from '../../sites/ask-site';
import { serversOf } from '../../sites/choose-servers';
import type { FailoverPorts } from '../failover-ports';
import { noteRecovery } from '../recovery-records';
import { done, type WorkEnd } from '../run-task-step';
import { askAgent, resultOf, taskIdOf, withdrawTasks } from '../source/source-agent';

const lookAgainInMs = 30_000;
const silenceLimitInMs = 15 * 60_000;

const Opened = z.looseObject({
  disks: z.array(z.looseObject({ copyId: z.uuid(), path: z.string(), sha256: z.string() })),
});

const Made = z.looseObject({
  machineId: z.string(),
  boot: BootVerdict.catch('notBooted'),
  consoleTail: z.string().default(''),
});

interface Opening {
  readonly item: ProtectedItem;
  readonly recovery: Recovery;
}

/** A site whose master target is silent cannot be failed over to: said before anything is touched. */
export async function expectKeeperHeard(
  ports: FailoverPorts,
  job: FailoverJob,
  keeperId: string,
): Promise<void> {
  const status = await readAgentStatus(ports.records, keeperId);
  if (status !== undefined && ports.clock.now() - status.saidAtMs <= silenceLimitInMs) return;
  throw new LifeboatError('AgentSilent', 'The master target of the site has not been heard for 15 minutes.', {
    target: job.itemId,
  });
}

/** Disks at the site with exactly what its replicas held at the chosen moment, made by who keeps them. */
export async function openAtKeeper(
  ports: FailoverPorts,
  call: StepCall,
  { item, recovery }: Opening,
): Promise<WorkEnd> {
  const { job } = call;
  const keeperId = present(item.keeperId, 'the keeper of the replicas');
  const result = resultOf(call, 'open');
  if (result?.outcome === 'failed') throw refused(job, result.message);
  if (result !== undefined) {
    const opened = new Map(Opened.parse(result.output).disks.map((disk) => [disk.copyId, disk]));
    const disks = recovery.disks.map((disk) => {
      const { path, sha256 } = present(opened.get(disk.copyId), 'an opened disk');
      return { ...disk, targetDiskId: path, targetSha256: sha256 };
    });
    await noteRecovery(ports.records, job, { disks, isCopied: true });
    return done;
  }
  expectInTime(ports, call);
  // Noted first: what is begun at the site is found there when it has to be undone.
  await noteRecovery(ports.records, job, { site: { keeperId, ...recovery.site } });
  const moment = present(recovery.moment, 'the moment to recover');
  const disks = recovery.disks.map(({ diskId, replicaId, copyId }) => ({
    diskId,
    replicaId,
    copyId,
    moment,
  }));
  const agent = { agentId: keeperId, machineId: '' };
  const parameters = { job: job.jobId, disks };
  await askAgent(ports, call, { agent, name: 'open', kind: 'openRecoveryPoint', parameters });
  return { state: 'waiting', taskIds: [taskIdOf(call, 'open')], pauseInMs: lookAgainInMs };
}

/** A machine at the site on those disks, made and started by the provider there. Under test it reaches no network. */
export async function startAtKeeper(
  ports: FailoverPorts,
  call: StepCall,
  { item, recovery }: Opening,
): Promise<WorkEnd> {
  const { job } = call;
  const result = resultOf(call, 'start');
  if (result?.outcome === 'failed') throw refused(job, result.message);
  const name = recovery.kind === 'test' ? `${item.friendlyName}-test` : item.friendlyName;
  if (result !== undefined) {
    const { machineId: id, boot, consoleTail } = Made.parse(result.output);
    const machine = { id, name, size: '', nics: [], startedAtInMs: ports.clock.now(), boot, consoleTail };
    await noteRecovery(ports.records, job, { machine });
    return done;
  }
  expectInTime(ports, call);
  const keeperId = present(item.keeperId, 'the keeper of the replicas');
  const providerId = await providerBeside(ports, job, keeperId);
  await noteRecovery(ports.records, job, { site: { keeperId, providerId } });
  const machineId = uuidOf('machine at a site', job.jobId);
  const parameters = {
    ...{ machineId, name, isIsolated: recovery.kind === 'test' },
    ...(await shapeOf(ports, job, item)),
    disks: recovery.disks.map(({ diskId, targetDiskId, isOperatingSystem }) => ({
      ...{ diskId, path: present(targetDiskId, 'a target disk'), isBootDisk: isOperatingSystem },
    })),
  };
  const agent = { agentId: providerId, machineId };
  await askAgent(ports, call, { agent, name: 'start', kind: 'createMachine', parameters });
  return { state: 'waiting', taskIds: [taskIdOf(call, 'start')], pauseInMs: lookAgainInMs };
}

/** Takes away what a recovery made at the site: its machine, and the disks that were made for it. Safe to repeat. */
export async function removeAtKeeper(ports: FailoverPorts, jobId: string, recovery: Recovery): Promise<void> {
  const { site, machine } = recovery;
  if (site === undefined) return;
  const { keeperId, providerId } = site;
  for (const agentId of new Set([keeperId, providerId ?? keeperId])) {
    await withdrawTasks(ports, agentId, recovery.jobId);
  }
  if (providerId !== undefined) {
    const machineId = machine?.id ?? uuidOf('machine at a site', recovery.jobId);
    const taskId = `${jobId}.remove.${machineId}`;
    const parameters = { machineId };
    await askSite(ports, { agentId: providerId, taskId, kind: 'deleteMachine', parameters });
  }
  for (const { copyId: replicaId } of recovery.disks) {
    const taskId = `${jobId}.remove.${replicaId}`;
    const parameters = { call: 'remove', replicaId, job: jobId };
    await askSite(ports, { agentId: keeperId, taskId, kind: 'keepReplica', parameters });
  }
}

/** Who makes machines where the disks are: the keeper's own host, or another of its fabric that sees the same folder. */
async function providerBeside(ports: FailoverPorts, job: FailoverJob, keeperId: string): Promise<string> {
  const keeper = await readAgent(ports.records, keeperId);
  if (keeper?.roles.includes('provider') === true) return keeperId;
  const [provider] = await serversOf(ports, keeper?.fabricId ?? '', 'provider');
  if (provider !== undefined) return provider.agent.agentId;
  throw new LifeboatError(
    'SiteServerMissing',
    'No provider makes machines at the site of the master target.',
    {
      target: job.itemId,
    },
  );
}

/** What the machine is like, as its agent reported it last. */
async function shapeOf(
  { records }: FailoverPorts,
  { itemId }: FailoverJob,
  item: ProtectedItem,
): Promise<Record<string, unknown>> {
  const machine = (await feederOf(records, itemId, item))?.machine;
  if (machine === undefined) return {};
  const { osType, generation, memoryBytes, processorCount } = machine;
  return { osType, generation, memoryBytes, processorCount };
}

function refused({ itemId }: FailoverJob, message: string | undefined): LifeboatError {
  return new LifeboatError('SiteRefused', message ?? 'The agent of the site could not do it.', {
    target: itemId,
  });
}

/** A site that does not answer is not waited for for ever. */
function expectInTime({ clock, measures }: FailoverPorts, { job, sinceInMs }: StepCall): void {
  if (clock.now() - sinceInMs < measures.plannedWaitInMs) return;
  throw refused(job, 'The agent of the site did not answer in time.');
}
