import { z } from 'zod';
import type { KnownMachine } from '../../../contracts/agents/known-machine';
import type { ProtectedItem } from '../../../contracts/catalogue/protected-item';
import type { Recovery } from '../../../contracts/catalogue/recovery';
import type { FailoverJob, StepCall } from '../../../contracts/jobs/failover-steps';
import { LifeboatError } from '../../../errors';
import { findMachine } from '../../agents/known-machines';
import { fabricIdOf } from '../../protection/item-records';
import type { FailoverPorts } from '../failover-ports';
import { noteRecovery } from '../recovery-records';
import { homeOf } from '../route';
import { done, type WorkEnd } from '../run-task-step';
import { askAgent, resultOf, taskIdOf } from '../source/source-agent';

const grantLifetimeInMs = 24 * 3_600_000;
const lookAgainInMs = 30_000;

const Failback = z.looseObject({
  recoveryVmCreationOption: z.string().nullish(),
});

/** The agent of the site that the machine goes to: the one it came from, or that of the secondary site. */
export async function siteTargetOf(
  { records }: Pick<FailoverPorts, 'records'>,
  { itemId }: FailoverJob,
  item: ProtectedItem,
): Promise<KnownMachine> {
  const home = homeOf(item);
  const machineId = home?.elsewhere?.machineId ?? home?.machineId ?? item.sourceMachineId ?? '';
  const known = await findMachine(records, fabricIdOf(itemId), machineId);
  if (known !== undefined) return known;
  throw new LifeboatError(
    'FailbackPrerequisiteMissing',
    `No agent speaks for the machine "${item.friendlyName}" at the site it came from.`,
    { target: machineId },
  );
}

/**
 * The site's own disks become what the replicas held at the chosen moment. Only blocks whose digests differ cross the wire; the old
 * disks are reused.
 */
export async function openAtSite(
  ports: FailoverPorts,
  call: StepCall,
  { item, recovery }: { readonly item: ProtectedItem; readonly recovery: Recovery },
): Promise<WorkEnd> {
  const { job } = call;
  const result = resultOf(call, 'open');
  if (result?.outcome === 'failed') {
    throw new LifeboatError(
      'SiteRefused',
      result.message ?? 'The agent could not bring the disks up to date.',
      {
        target: job.itemId,
      },
    );
  }
  if (result !== undefined) {
    await noteRecovery(ports.records, job, { broughtOver: result.output ?? {} });
    return done;
  }
  expectInTime(ports, call);
  const { agentId, machine, hostAgentId = agentId } = await siteTargetOf(ports, job, item);
  if (resultOf(call, 'stopOld')?.outcome !== 'succeeded') {
    // It may run still, read-only: nobody writes its disks while a guest has them.
    const parameters = { machineId: machine.machineId };
    await askAgent(ports, call, {
      agent: { agentId: hostAgentId },
      name: 'stopOld',
      kind: 'shutDownMachine',
      parameters,
    });
    return { state: 'waiting', taskIds: [taskIdOf(call, 'stopOld')], pauseInMs: lookAgainInMs };
  }
  const disks = [];
  for (const [index, disk] of recovery.disks.entries()) {
    const { copyId: replicaId, sizeBytes } = disk;
    const request = { replicaId, kind: 'rebase', reason: 'failback', job: job.jobId } as const;
    const { epoch } = await ports.replicas.startEpoch(request);
    const { url } = await ports.reads.grantRead(replicaId, ports.clock.now() + grantLifetimeInMs);
    const diskId = machine.disks[index]?.diskId ?? disk.diskId;
    disks.push({ diskId, replicaId, sizeBytes, epoch, url });
  }
  const parameters = { machineId: machine.machineId, disks };
  await askAgent(ports, call, { agent: { agentId }, name: 'open', kind: 'openRecoveryPoint', parameters });
  return { state: 'waiting', taskIds: [taskIdOf(call, 'open')], pauseInMs: lookAgainInMs };
}

/** The machine at the site starts again; where it is gone, or was to be another, it is made. */
export async function startAtSite(
  ports: FailoverPorts,
  call: StepCall,
  { item, recovery }: { readonly item: ProtectedItem; readonly recovery: Recovery },
): Promise<WorkEnd> {
  const { job } = call;
  const { recoveryVmCreationOption: option } = Failback.parse(job.provider ?? {});
  const { agentId, machine, hostAgentId = agentId } = await siteTargetOf(ports, job, item);
  const result = resultOf(call, 'start');
  if (result?.outcome === 'failed') {
    throw new LifeboatError('SiteRefused', result.message ?? 'The agent could not start the machine.', {
      target: machine.machineId,
    });
  }
  if (result !== undefined) {
    const startedAtInMs = ports.clock.now();
    const boot = 'notBooted' as const;
    const { machineId: id, name } = machine;
    const made = { id, name, size: '', nics: [], startedAtInMs, boot, consoleTail: '' };
    await noteRecovery(ports.records, job, { machine: recovery.machine ?? made });
    return done;
  }
  expectInTime(ports, call);
  const kind = option === 'CreateVmIfNotFound' ? 'createMachine' : 'startMachine';
  const agent = { agentId: hostAgentId };
  const parameters = { machineId: machine.machineId, name: item.friendlyName };
  await askAgent(ports, call, { agent, name: 'start', kind, parameters });
  return { state: 'waiting', taskIds: [taskIdOf(call, 'start')], pauseInMs: lookAgainInMs };
}

/** A site that does not answer is not waited for for ever: the failover is undone, and the machine goes on where it was. */
function expectInTime({ clock, measures }: FailoverPorts, { job, sinceInMs }: StepCall): void {
  if (clock.now() - sinceInMs < measures.plannedWaitInMs) return;
  throw new LifeboatError('SiteRefused', 'The agent of the site did not answer in time.', {
    target: job.itemId,
  });
}
