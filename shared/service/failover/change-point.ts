import { LifeboatError } from '../../errors';
import { present } from '../../assert';
import type { StepCall } from '../../contracts/jobs/failover-steps';
import { requestedMoment } from './choose-point';
import type { FailoverPorts } from './failover-ports';
import { changeRecoveries, changeRecovery, heldItem, recoveriesOf } from './recovery-records';
import { removeTarget } from './target/remove-target';
import { done, type WorkEnd } from './run-task-step';

/** Another point for a machine that was failed over: it must be whole, and is kept from here on. */
export async function checkPointChange(ports: FailoverPorts, { job }: StepCall): Promise<WorkEnd> {
  const item = await heldItem(ports.records, job);
  const { real } = recoveriesOf(item);
  if (real === undefined) {
    throw new LifeboatError('NotFound', 'There is no failover whose point could be changed.', {
      target: job.itemId,
    });
  }
  const moment = present(await requestedMoment(ports, job, item), 'the point to change to');
  const { kind, source, fencedAtInMs } = real;
  await changeRecovery(ports.records, job, (known) =>
    known?.jobId === job.jobId
      ? known
      : {
          ...{
            jobId: job.jobId,
            kind,
            startedAtInMs: ports.clock.now(),
            disks: [],
            isCopied: false,
            remarks: [],
            moment,
          },
          ...(source === undefined ? {} : { source }),
          ...(fencedAtInMs === undefined ? {} : { fencedAtInMs }),
        },
  );
  return done;
}

/** The machine of the old point goes, so that the new one can have its name and address. */
export async function removeOldTarget(ports: FailoverPorts, { job }: StepCall): Promise<WorkEnd> {
  const { real } = recoveriesOf(await heldItem(ports.records, job));
  if (real === undefined) return done;
  await removeTarget(ports, job, real);
  await changeRecoveries(ports.records, job, (recoveries) => {
    const { machine: _, ...without } = present(recoveries.real, 'the failover that is changed');
    return { recoveries: { ...recoveries, real: { ...without, disks: [] } } };
  });
  return done;
}

/** The new point is what the item runs on. */
export async function adoptPoint(ports: FailoverPorts, { job }: StepCall): Promise<WorkEnd> {
  await changeRecoveries(ports.records, job, ({ next, ...others }) =>
    next === undefined ? {} : { recoveries: { ...others, real: next } },
  );
  return done;
}
