import { z } from 'zod';
import { present } from '../../assert';
import type { PointManifest } from '../../contracts/replication/point-manifest';
import type { ProtectedItem } from '../../contracts/catalogue/protected-item';
import type { RecoveredDisk, RecoveredMoment, Recovery } from '../../contracts/catalogue/recovery';
import type { FailoverJob, StepCall } from '../../contracts/jobs/failover-steps';
import { LifeboatError } from '../../errors';
import { uuidOf } from '../agents/agent-records';
import type { Moment } from '../replicas';
import { changeItem } from '../protection/item-records';
import type { FailoverPorts } from './failover-ports';
import { heldItem, noteRecovery, recoveryOf } from './recovery-records';
import { done, type WorkEnd } from './run-task-step';

/** What a request may say of the point beyond its id, in any scenario's words. */
const PointWish = z.looseObject({
  recoveryPointType: z.string().nullish().catch(undefined),
  /** Of our own: any second of the journal, or the last point before it. */
  recoveryPointTime: z.iso.datetime({ offset: true }).nullish(),
  multiVmSyncPointOption: z.string().nullish().catch(undefined),
  useMultiVmSyncPoint: z.string().nullish().catch(undefined),
});

/** The moment that a request names; undefined for one that is found only when the failover gets there. */
export async function requestedMoment(
  ports: FailoverPorts,
  job: FailoverJob,
  item: ProtectedItem,
): Promise<RecoveredMoment | undefined> {
  const pointId = job.recoveryPointId?.split('/').at(-1);
  if (pointId !== undefined) {
    const manifest = await ports.replicas.pinPoint(pointId, job.jobId);
    if (membersOf(manifest, item).length > 0) return { kind: 'point', pointId };
    throw new LifeboatError('NotFound', 'The recovery point holds no disk of this item.', {
      target: pointId,
    });
  }
  const { recoveryPointTime } = wishOf(job);
  if (typeof recoveryPointTime !== 'string') return undefined;
  const moment = await momentBefore(ports, item, Date.parse(recoveryPointTime));
  await keep(ports, job, moment);
  return recorded(moment);
}

/** True for the point before the newest writes: what has arrived since is not waited for. */
export function isOfProcessed(job: FailoverJob): boolean {
  return wishOf(job).recoveryPointType === 'LatestProcessed';
}

/** Chooses the point that the target is made from, and keeps it while the job runs. */
export async function choosePoint(ports: FailoverPorts, { job }: StepCall): Promise<WorkEnd> {
  const item = await heldItem(ports.records, job);
  const recovery = await recoveryOf(ports.records, job);
  const moment = recovery.moment ?? recorded(await latestMoment(ports, job, item));
  await keep(ports, job, moment);
  const manifest = moment.kind === 'point' ? await ports.replicas.point(moment.pointId) : undefined;
  const disks = await recoveredDisks(job, item, { moment, manifest });
  if (recovery.kind === 'planned' && job.recoveryPointId === undefined) expectNothingLost(recovery, disks);
  await noteRecovery(ports.records, job, { moment, disks, ...timesOf(manifest) });
  if (moment.kind === 'point') {
    const failoverRecoveryPointId = `${job.itemId}/recoveryPoints/${moment.pointId}`;
    await changeItem(ports.records, job.itemId, () => ({ failoverRecoveryPointId }));
  }
  return done;
}

function wishOf({ provider }: FailoverJob): z.infer<typeof PointWish> {
  return PointWish.parse(provider ?? {});
}

async function keep({ replicas }: FailoverPorts, { jobId }: FailoverJob, moment: Moment): Promise<void> {
  if (moment.kind === 'point') await replicas.pinPoint(moment.pointId, jobId);
}

async function momentBefore(ports: FailoverPorts, item: ProtectedItem, timeInMs: number): Promise<Moment> {
  const replicaIds = item.disks.map(({ replicaId }) => replicaId);
  const moment = await ports.replicas.momentAt(replicaIds, timeInMs);
  if (moment !== undefined) return moment;
  throw new LifeboatError('NoRecoveryPoint', 'There is no whole recovery point of the machine yet.');
}

/** The newest moment of the kind that the request wants; refuses when there is none. */
export async function latestMoment(
  ports: FailoverPorts,
  job: FailoverJob,
  item: ProtectedItem,
): Promise<Moment> {
  const { recoveryPointType, multiVmSyncPointOption, useMultiVmSyncPoint } = wishOf(job);
  const own = new Set(item.disks.map(({ replicaId }) => replicaId));
  const isOfGroup =
    useMultiVmSyncPoint === 'Enable' || multiVmSyncPointOption === 'UseMultiVmSyncRecoveryPoint';
  if (recoveryPointType === 'LatestApplicationConsistent' || recoveryPointType === 'LatestTag') {
    const chosen = await newestPoint(ports, item, ({ kind }) => kind === 'app');
    if (chosen !== undefined || recoveryPointType === 'LatestApplicationConsistent') {
      return chosen ?? refuseNone('application-consistent');
    }
  }
  if (recoveryPointType === 'LatestCrashConsistent') {
    return (await newestPoint(ports, item, ({ kind }) => kind === 'crash')) ?? refuseNone('crash-consistent');
  }
  if (isOfGroup) {
    const shared = await newestPoint(ports, item, ({ members }) =>
      members.some(({ replicaId }) => !own.has(replicaId)),
    );
    return shared ?? refuseNone('shared');
  }
  return momentBefore(ports, item, Number.MAX_SAFE_INTEGER);
}

function refuseNone(kind: string): never {
  throw new LifeboatError('NoRecoveryPoint', `There is no ${kind} recovery point of the machine.`);
}

/** The newest whole point of this kind; the list is asked for what there is, the target account for what is true. */
async function newestPoint(
  { replicas }: FailoverPorts,
  item: ProtectedItem,
  fits: (manifest: PointManifest) => boolean,
): Promise<Moment | undefined> {
  const [first] = item.disks;
  if (first === undefined) return undefined;
  for (const { pointId } of await replicas.points(first.replicaId)) {
    const manifest = await replicas.point(pointId);
    if (manifest?.state !== 'listed' || !fits(manifest)) continue;
    if (membersOf(manifest, item).length === item.disks.length) return { kind: 'point', pointId };
  }
  return undefined;
}

/** The disks of the item that a point holds: one that came later is not in it. */
function membersOf(manifest: PointManifest, item: ProtectedItem): ProtectedItem['disks'] {
  return item.disks.filter((disk) =>
    manifest.members.some(
      ({ replicaId, hold }) => replicaId === disk.replicaId && hold !== null && hold.by !== 'released',
    ),
  );
}

async function recoveredDisks(
  { jobId }: FailoverJob,
  item: ProtectedItem,
  { moment, manifest }: { readonly moment: RecoveredMoment; readonly manifest: PointManifest | undefined },
): Promise<RecoveredDisk[]> {
  const disks = manifest === undefined ? item.disks : membersOf(manifest, item);
  return disks.map(({ id, name, replicaId, sizeBytes, isOperatingSystem }) => {
    const member = manifest?.members.find((each) => each.replicaId === replicaId);
    const position = moment.kind === 'log' ? moment.position : (member?.position ?? null);
    return {
      ...{ diskId: id, name, replicaId, sizeBytes, isOperatingSystem, position },
      copyId: uuidOf('recovered', jobId, replicaId),
      chainHead: member?.chainHead ?? null,
    };
  });
}

/**
 * The point of a planned failover is where the stopped source's streams ended: not a write before it. It may be later: an agent
 * that was asked twice has sealed twice.
 */
function expectNothingLost({ sealed }: Recovery, disks: readonly RecoveredDisk[]): void {
  for (const { replicaId, position, name } of disks) {
    const end = present(sealed?.[replicaId], `the end of the stream of ${name}`);
    if (position !== null && position.sequence >= end) continue;
    throw new LifeboatError(
      'LastWritesMissing',
      `The last writes of the disk "${name}" are in no whole point.`,
    );
  }
}

function timesOf(manifest: PointManifest | undefined): Partial<Recovery> {
  if (manifest === undefined) return {};
  const { cutTimeInMs, seenServiceTimeInMs } = manifest;
  return { cutTimeInMs, seenServiceTimeInMs };
}

function recorded(moment: Moment): RecoveredMoment {
  return moment.kind === 'point' ? moment : { ...moment, position: { ...moment.position } };
}
