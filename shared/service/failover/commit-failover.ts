import { LifeboatError } from '../../errors';
import type { StepCall } from '../../contracts/jobs/failover-steps';
import type { FailoverPorts } from './failover-ports';
import { changeRecoveries, heldItem, recoveriesOf } from './recovery-records';
import { isWhole, releasePoint, removeCopies, removeTarget } from './target/remove-target';
import { agentOfPrior } from './turn/forget-recoveries';
import { isBetweenSites, turnAfterPlanned } from './turn/turn-between-sites';
import { wantNothing } from './turn/turn-item';
import { done, pause, skipped, type WorkEnd } from './run-task-step';

export async function checkCommit({ records, machines }: FailoverPorts, { job }: StepCall): Promise<WorkEnd> {
  const { real } = recoveriesOf(await heldItem(records, job));
  if (real?.machine === undefined) {
    throw new LifeboatError('NotFound', 'There is no failover to commit.', { target: job.itemId });
  }
  const isAtSite = real.madeByJob === undefined;
  if (isAtSite || (await machines.look(real.machine.id)) !== undefined) return done;
  throw new LifeboatError(
    'TargetResourceMissing',
    `The machine ${real.machine.name} is not there any more.`,
    {
      target: real.machine.id,
    },
  );
}

const wholeAgainInMs = 5_000;
const wholeWaitInMs = 3_600_000;

/** Protection can be turned round only after a commit: there is nothing left of it to do. */
export async function skipCommit({ records }: FailoverPorts, { job }: StepCall): Promise<WorkEnd> {
  await heldItem(records, job);
  return skipped;
}

/**
 * The failover is final. Its point may be pruned; a copy goes once nothing reads from it; what the machine ran on before it came
 * back goes too, and not a moment before.
 */
export async function commitFailover(ports: FailoverPorts, { job, sinceInMs }: StepCall): Promise<WorkEnd> {
  const item = await heldItem(ports.records, job);
  if (item['turnedBy'] === job.jobId) {
    await turnAfterPlanned(ports, job);
    return done;
  }
  const { real, away } = recoveriesOf(item);
  if (real !== undefined) {
    await releasePoint(ports, real, job.jobId);
    if (await isWhole(ports, real)) await removeCopies(ports, real, job.jobId);
    else if (ports.clock.now() - sinceInMs < wholeWaitInMs) return pause(wholeAgainInMs);
  }
  if (away !== undefined) {
    // What a site wrote last may be there alone, where nobody saw it stop.
    const isLeft = isBetweenSites(item) && real?.source === 'abandoned';
    if (!isLeft) await removeTarget(ports, job, away);
    await changeRecoveries(ports.records, job, ({ away: _, ...others }) => ({ recoveries: others }));
  }
  const prior = item['priorMachineId'];
  if (typeof prior === 'string') {
    await ports.sources.remove(prior, { withDisks: true });
    const agentId = await agentOfPrior(ports.records, item);
    if (agentId !== undefined) await wantNothing(ports, agentId, job.itemId);
    await changeRecoveries(ports.records, job, () => ({ priorMachineId: undefined }));
  }
  await turnAfterPlanned(ports, job);
  return done;
}
