import type { KnownMachine } from '../../../contracts/agents/known-machine';
import type { EnableProtection } from '../../../contracts/jobs/item-jobs';
import type { StepOutcome } from '../../../contracts/protection/step';
import type { ProtectedItem } from '../../../contracts/catalogue/protected-item';
import { LifeboatError } from '../../../errors';
import { readAgentStatus } from '../../agents/agent-records';
import { requireResource } from '../../catalogue/resources';
import { feederOf } from '../feeder-of';
import { enrol } from '../group/enrol';
import { changeItem, requireItem } from '../item-records';
import { policyOf } from '../policy-of';
import type { ProtectionPorts } from '../protection-ports';
import { chooseServers } from '../../sites/choose-servers';
import { largestDiskBytes } from '../../../model/disk-limits';
import { runStep } from '../run-step';
import { checkNetworks } from './check-networks';

const mostDisks = 64;
const silenceLimitInMs = 15 * 60_000;

/** Everything that must be so before anything is made. What is not is named, with what to do about it. */
export async function checkPrerequisites(
  ports: ProtectionPorts,
  job: EnableProtection,
): Promise<StepOutcome> {
  return runStep(ports, { job, taskId: 'EnableProtectionPreflightChecksTask' }, async () => {
    const item = await requireItem(ports.records, job.itemId);
    const policy = await policyOf(ports.records, item.policyId);
    if (item.mappingId !== undefined) await requireResource(ports.records, item.mappingId);
    await checkMachine(ports, job, item);
    const { keeperId } = await chooseServers(ports, job.itemId, item);
    await changeItem(ports.records, job.itemId, () => (keeperId === undefined ? {} : { keeperId }));
    await enrol(ports, { itemId: job.itemId, item, policy });
  });
}

async function checkMachine(
  ports: ProtectionPorts,
  { itemId }: EnableProtection,
  item: ProtectedItem,
): Promise<void> {
  const feeder = await feederOf(ports.records, itemId, item);
  const disks = feeder === undefined ? await cloudDisks(ports, itemId, item) : feeder.machine.disks;
  if (feeder !== undefined) await checkHeard(ports, feeder);
  await checkNetworks(ports.records, itemId, feeder?.machine.nics ?? []);
  const known = new Map(disks.map((disk) => [disk.diskId.toLowerCase(), disk]));
  const sized = (item.disks.length === 0 ? allOf(ports, disks) : item.disks).map((disk) => {
    const found = known.get(disk.id.toLowerCase());
    if (found !== undefined) return { ...disk, sizeBytes: found.sizeBytes };
    throw new LifeboatError('DiskUnknown', `The machine has no disk "${disk.id}".`, { target: disk.id });
  });
  checkDisks(sized);
  await changeItem(ports.records, itemId, () => ({
    disks: sized,
    ...(feeder === undefined
      ? {}
      : {
          providerId: feeder.providerId,
          sourceMachineId: item.sourceMachineId ?? feeder.machine.machineId,
          agentId: feeder.agentId,
        }),
  }));
}

type SourceDisk = Pick<
  KnownMachine['machine']['disks'][number],
  'diskId' | 'name' | 'sizeBytes' | 'isBootDisk'
>;

/** Where none was chosen while nobody knew the machine: every disk it has. */
function allOf({ ids }: ProtectionPorts, disks: readonly SourceDisk[]): ProtectedItem['disks'] {
  return disks.map(({ diskId, name, sizeBytes, isBootDisk }) => ({
    ...{ id: diskId, name, replicaId: ids.uuid(), sizeBytes, isOperatingSystem: isBootDisk },
    ...{ resyncRequired: false, copiedPercent: 0, pendingBytes: 0 },
  }));
}

/** The disks of an Azure machine whose agent is still to be installed. */
async function cloudDisks(
  { cloud }: ProtectionPorts,
  itemId: string,
  item: ProtectedItem,
): Promise<readonly SourceDisk[]> {
  const sources = item.scenario === 'A2A' ? cloud?.()?.sources : undefined;
  const source = await sources?.read(item.sourceMachineId ?? '');
  if (source !== undefined) {
    return source.disks.map(({ id, isOperatingSystem, ...disk }) => ({
      ...disk,
      diskId: id,
      isBootDisk: isOperatingSystem,
    }));
  }
  throw new LifeboatError('AgentMissing', `No agent speaks for the machine "${item.friendlyName}".`, {
    target: item.protectableItemId ?? itemId,
  });
}

async function checkHeard({ records, clock }: ProtectionPorts, feeder: KnownMachine): Promise<void> {
  const status = await readAgentStatus(records, feeder.agentId);
  // A machine is known before the first report that tells of it has been taken down whole.
  if (status === undefined || clock.now() - status.saidAtMs <= silenceLimitInMs) return;
  throw new LifeboatError('AgentSilent', 'The agent of the machine has not been heard for 15 minutes.', {
    target: feeder.providerId,
  });
}

function checkDisks(disks: ProtectedItem['disks']): void {
  if (disks.length === 0) throw new LifeboatError('DiskUnknown', 'The machine has no disk to protect.');
  if (disks.length > mostDisks) {
    throw new LifeboatError('LimitExceeded', `A machine is protected with at most ${mostDisks} disks.`);
  }
  for (const { id, sizeBytes } of disks) {
    if (sizeBytes <= largestDiskBytes) continue;
    throw new LifeboatError('DiskTooLarge', `The disk "${id}" is larger than 2 TiB.`, { target: id });
  }
}
