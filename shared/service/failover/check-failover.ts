import type { ProtectedItem } from '../../contracts/catalogue/protected-item';
import type { FailoverJob, StepCall } from '../../contracts/jobs/failover-steps';
import { LifeboatError } from '../../errors';
import { latestMoment, requestedMoment } from './choose-point';
import type { FailoverPorts } from './failover-ports';
import { changeRecovery, heldItem, noteRecovery } from './recovery-records';
import { routeOf } from './route';
import { done, type WorkEnd } from './run-task-step';
import { expectKeeperHeard } from './target/keeper-target';
import { siteTargetOf } from './target/site-target';
import { sourceAgentOf } from './source/source-agent';
import { checkTarget } from './target/check-target';

/** Everything that must be so before anything is touched. From here on a point that the caller chose is kept. */
export async function checkFailover(ports: FailoverPorts, { job }: StepCall): Promise<WorkEnd> {
  const item = await heldItem(ports.records, job);
  if (isPlanned(job)) await checkSource(ports, job, item);
  if (item.keeperId !== undefined) await expectKeeperHeard(ports, job, item.keeperId);
  else if (routeOf(item).to === 'cloud') await checkTarget(ports, job, item);
  else await siteTargetOf(ports, job, item);
  await changeRecovery(ports.records, job, (recovery) =>
    recovery?.jobId === job.jobId
      ? recovery
      : {
          jobId: job.jobId,
          kind: kindOf(job),
          startedAtInMs: ports.clock.now(),
          disks: [],
          isCopied: false,
          remarks: [],
        },
  );
  const moment = await requestedMoment(ports, job, item);
  if (moment !== undefined) await noteRecovery(ports.records, job, { moment });
  else await latestMoment(ports, job, item);
  return done;
}

export function isPlanned({ verb }: Pick<FailoverJob, 'verb'>): boolean {
  return verb === 'plannedFailover' || verb === 'failback';
}

function kindOf(job: FailoverJob): 'test' | 'planned' | 'unplanned' {
  if (job.verb === 'testFailover') return 'test';
  return isPlanned(job) ? 'planned' : 'unplanned';
}

/** A planned failover needs the source: it is shut down, and its last writes are brought over. */
async function checkSource(ports: FailoverPorts, job: FailoverJob, item: ProtectedItem): Promise<void> {
  if ((await sourceAgentOf(ports, { itemId: job.itemId, item })) === undefined) {
    throw new LifeboatError('SourceUnreachable', 'No agent speaks for the machine at its source.', {
      target: job.itemId,
    });
  }
  for (const { replicaId, name } of item.disks) {
    const replica = await ports.replicas.read(replicaId);
    if (replica?.copyingEpoch === null) continue;
    throw new LifeboatError('PointNotWhole', `The disk "${name}" is still being copied or compared.`, {
      target: job.itemId,
    });
  }
}
