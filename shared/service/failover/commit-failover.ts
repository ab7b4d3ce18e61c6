import { LifeboatError } from '../../errors';
import type { StepCall } from '../../contracts/jobs/failover-steps';
import type { FailoverPorts } from './failover-ports';
import { heldItem, recoveriesOf } from './recovery-records';
import { releasePoint } from './remove-target';
import { done, type WorkEnd } from './run-task-step';

export async function checkCommit({ records, machines }: FailoverPorts, { job }: StepCall): Promise<WorkEnd> {
  const { real } = recoveriesOf(await heldItem(records, job));
  if (real?.machine === undefined) {
    throw new LifeboatError('NotFound', 'There is no failover to commit.', { target: job.itemId });
  }
  if ((await machines.look(real.machine.id)) !== undefined) return done;
  throw new LifeboatError(
    'TargetResourceMissing',
    `The machine ${real.machine.name} is not there any more.`,
    {
      target: real.machine.id,
    },
  );
}

/** The point is let go: it may be pruned now. Copies that a target's disk still reads from stay until it is whole. */
export async function commitFailover(ports: FailoverPorts, { job }: StepCall): Promise<WorkEnd> {
  const { real } = recoveriesOf(await heldItem(ports.records, job));
  if (real === undefined) return done;
  await releasePoint(ports, real, job.jobId);
  for (const { copyId, targetDiskId } of real.disks) {
    const disk = targetDiskId === undefined ? undefined : await ports.machines.disk(targetDiskId);
    if (disk?.isWhole === true) await ports.disks.remove(copyId);
  }
  return done;
}
