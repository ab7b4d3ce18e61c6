import { assert, present } from '../../../assert';
import type { Owner } from '../../../contracts/compute/owner';
import type { ProtectedItem } from '../../../contracts/catalogue/protected-item';
import type { RecoveredDisk, Recovery } from '../../../contracts/catalogue/recovery';
import type { FailoverJob, StepCall } from '../../../contracts/jobs/failover-steps';
import type { JobRecord } from '../../../contracts/jobs/record';
import { jobLedger } from '../../jobs/job-ledger';
import { spread } from '../../spread';
import type { FailoverPorts } from '../failover-ports';
import { freeHomeDisks } from '../turn/come-back';
import { heldItem, noteRecovery, recoveryOf } from '../recovery-records';
import { routeOf } from '../route';
import { done, pause, type WorkEnd } from '../run-task-step';
import { openAtKeeper, startAtKeeper } from './keeper-target';
import { openAtSite, startAtSite } from './site-target';
import { targetPlanOf, type TargetPlan } from './target-plan';

const disksAtOnce = 4;
const bootLookInMs = 2_000;

export function ownerOf({ vaultId, itemId, jobId }: FailoverJob): Owner {
  return { vaultId, itemId, jobId };
}

/** New disks at the target with exactly what the replicas held at the chosen moment. */
export async function makeTargetDisks(ports: FailoverPorts, call: StepCall): Promise<WorkEnd> {
  const { job } = call;
  const item = await heldItem(ports.records, job);
  const recovery = await recoveryOf(ports.records, job);
  if (item.keeperId !== undefined) return openAtKeeper(ports, call, { item, recovery });
  if (!recovery.isCopied) {
    await spread(eachOf(recovery.disks), disksAtOnce, (disk) => copyOf(ports, job, { recovery, disk }));
    await noteRecovery(ports.records, job, { isCopied: true });
  }
  if (routeOf(item).to === 'site') {
    await freeHomeDisks(ports, call);
    return openAtSite(ports, call, { item, recovery });
  }
  const plan = await targetPlanOf(ports, job, item);
  await noteRecovery(ports.records, job, { madeByJob: job.jobId });
  await ports.places.ensureGroup(plan.place, ownerOf(job));
  const made = new Map<string, string>();
  await spread(eachOf(recovery.disks), disksAtOnce, async (disk) => {
    made.set(disk.replicaId, await makeDisk(ports, job, { plan, disk }));
  });
  const disks = recovery.disks.map((disk) => ({
    ...disk,
    targetDiskId: present(made.get(disk.replicaId), 'a target disk'),
  }));
  await noteRecovery(ports.records, job, { disks });
  return done;
}

async function copyOf(
  { replicas }: FailoverPorts,
  { jobId }: FailoverJob,
  { recovery, disk }: { readonly recovery: Recovery; readonly disk: RecoveredDisk },
): Promise<void> {
  const { replicaId, copyId: toReplicaId } = disk;
  const moment = present(recovery.moment, 'the moment to recover');
  // A pin of its own: making the copy lets go of it, and the job still needs the point.
  await replicas.materialise({ moment, replicaId, toReplicaId, job: `${jobId}/${replicaId}` });
}

async function makeDisk(
  ports: FailoverPorts,
  job: FailoverJob,
  { plan, disk }: { readonly plan: TargetPlan; readonly disk: RecoveredDisk },
): Promise<string> {
  const { copyId } = disk;
  const { id } = await ports.machines.makeDisk({
    owner: ownerOf(job),
    place: plan.place,
    name: `${plan.name}-${disk.name}-${job.jobId.slice(-12)}`.replaceAll(/[^\w.-]+/g, '-').slice(-80),
    replicaId: copyId,
    sizeBytes: disk.sizeBytes,
    isOperatingSystem: disk.isOperatingSystem,
    operatingSystem: plan.operatingSystem,
  });
  return id;
}

/** The machine at the target. It starts only where its source was seen to stop, or the caller chose not to wait for that. */
export async function startTargetMachine(ports: FailoverPorts, call: StepCall): Promise<WorkEnd> {
  const { job } = call;
  const item = await heldItem(ports.records, job);
  const recovery = await recoveryOf(ports.records, job);
  expectOneActiveSite(recovery);
  if (item.keeperId !== undefined) return startAtKeeper(ports, call, { item, recovery });
  if (routeOf(item).to === 'site') return startAtSite(ports, call, { item, recovery });
  const plan = await targetPlanOf(ports, job, item);
  const owner = ownerOf(job);
  const nics = plan.isIsolated ? [{ networkId: await isolatedNetwork(ports, job, plan) }] : plan.nics;
  const machineId = await ports.machines.makeMachine({
    ...{ owner, nics: [...nics], place: plan.place, name: plan.name, size: plan.size },
    operatingSystem: plan.operatingSystem,
    diskIds: bootFirst(recovery.disks).map(({ targetDiskId }) => present(targetDiskId, 'a target disk')),
    ...(plan.availabilitySetId === undefined ? {} : { availabilitySetId: plan.availabilitySetId }),
  });
  const look = present(await ports.machines.look(machineId), 'the machine that was just made');
  const isWaiting =
    look.boot === 'notBooted' && ports.clock.now() - call.sinceInMs < ports.measures.bootWaitInMs;
  const startedAtInMs = recovery.machine?.startedAtInMs ?? ports.clock.now();
  const { name, size, nics: cards } = look.machine;
  const { boot, consoleTail } = look;
  const machine = { id: machineId, name, size, nics: cards, startedAtInMs, boot, consoleTail };
  await noteRecovery(ports.records, job, { machine });
  if (isWaiting) return pause(bootLookInMs);
  await showMachine(ports, job, { item, recovery: { ...recovery, machine } });
  return done;
}

/** I6: never both sides, unless the caller chose an unplanned failover. A test reaches nothing. */
function expectOneActiveSite({ kind, source, fencedAtInMs }: Recovery): void {
  if (kind === 'test') return;
  assert(fencedAtInMs !== undefined, 'the source is not fenced off, so the target may not start');
  assert(kind !== 'planned' || source === 'stopped', 'the source was not seen to stop');
}

async function isolatedNetwork(ports: FailoverPorts, job: FailoverJob, plan: TargetPlan): Promise<string> {
  return ports.places.ensureNetwork({
    owner: ownerOf(job),
    place: plan.place,
    name: `${plan.name}-${job.jobId.slice(-12)}`,
    addressSpace: ['10.255.0.0/16'],
    subnets: [{ name: 'default', range: '10.255.0.0/24' }],
    isIsolated: true,
  });
}

function bootFirst(disks: readonly RecoveredDisk[]): readonly RecoveredDisk[] {
  return disks.toSorted((left, right) => Number(right.isOperatingSystem) - Number(left.isOperatingSystem));
}

/** What the job's details say of the machine. */
async function showMachine(
  { records, clock }: FailoverPorts,
  job: FailoverJob,
  { item, recovery }: { readonly item: ProtectedItem; readonly recovery: Recovery },
): Promise<void> {
  const { machine, moment, cutTimeInMs } = recovery;
  const [card] = machine?.nics ?? [];
  const detail = {
    name: job.itemId.split('/').at(-1) ?? '',
    friendlyName: item.friendlyName,
    testVmName: recovery.kind === 'test' ? (machine?.name ?? null) : null,
    testVmFriendlyName: recovery.kind === 'test' ? (machine?.name ?? null) : null,
    networkConnectionStatus: 'Connected',
    networkFriendlyName: card?.networkId.split('/').at(-1) ?? null,
    subnet: card?.subnet ?? null,
    recoveryPointId: moment?.kind === 'point' ? `${job.itemId}/recoveryPoints/${moment.pointId}` : null,
    recoveryPointTime: cutTimeInMs === undefined ? null : new Date(cutTimeInMs).toISOString(),
    remarks: recovery.remarks,
  };
  await jobLedger(records, clock).annotate(job, ({ customDetails = {} }: JobRecord) => ({
    customDetails: {
      ...customDetails,
      ...(card === undefined
        ? {}
        : { networkName: detail.networkFriendlyName, networkFriendlyName: detail.networkFriendlyName }),
      protectedItemDetails: [detail],
    },
  }));
}

async function* eachOf<T>(items: readonly T[]): AsyncIterable<T> {
  yield* items;
}
