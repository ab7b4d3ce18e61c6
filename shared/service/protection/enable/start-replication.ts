import type { DesiredReplica } from '../../../contracts/agent/desired';
import type { ItemWish } from '../../../contracts/agents/agent-wish';
import type { ProtectedItem } from '../../../contracts/catalogue/protected-item';
import type { EnableProtection } from '../../../contracts/jobs/item-jobs';
import type { StepOutcome } from '../../../contracts/protection/step';
import { present } from '../../../assert';
import { feederOf } from '../feeder-of';
import { changeItem, happenTo, requireItem } from '../item-records';
import { paceOf, policyOf, replicaPolicyOf } from '../policy-of';
import type { ProtectionPorts } from '../protection-ports';
import { chooseServers } from '../../sites/choose-servers';
import { runStep } from '../run-step';

const longestOwnerId = 500;

/** The relationship: a replica for each disk, with nothing in it yet. */
export async function enableReplication(ports: ProtectionPorts, job: EnableProtection): Promise<StepOutcome> {
  return runStep(ports, { job, taskId: 'EnableProtectionTask' }, async () => {
    const item = await requireItem(ports.records, job.itemId);
    const policy = replicaPolicyOf(await policyOf(ports.records, item.policyId));
    const ownerId = ownerIdOf(job.itemId, item);
    const kept = item.keeperId === undefined ? {} : { keeper: item.keeperId };
    for (const { replicaId, sizeBytes } of item.disks) {
      await ports.replicas.create({ replicaId, sizeBytes, ownerId, policy, ...kept });
    }
  });
}

/** What replicas call the item they belong to: its id, unless that is longer than they can keep. */
export function ownerIdOf(itemId: string, item: ProtectedItem): string {
  return itemId.length <= longestOwnerId ? itemId : item.internalId;
}

/** From here on the agent copies: every disk begins an epoch, and the wish is on the agent's board. */
export async function startInitialReplication(
  ports: ProtectionPorts,
  job: EnableProtection,
): Promise<StepOutcome> {
  return runStep(ports, { job, taskId: 'StartInitialReplicationTask' }, async () => {
    const item = await requireItem(ports.records, job.itemId);
    const feeder = present(await feederOf(ports.records, job.itemId, item), 'the agent of the machine');
    const policy = await policyOf(ports.records, item.policyId);
    const replicas: DesiredReplica[] = [];
    for (const [index, disk] of item.disks.entries()) {
      const { epoch, chainHead } = await ports.replicas.startEpoch({
        ...{ replicaId: disk.replicaId, kind: 'rebase', reason: 'initialCopy', job: job.jobId },
      });
      replicas.push({
        ...{ replicaId: disk.replicaId, machineId: feeder.machine.machineId, diskId: disk.id },
        ...{ mode: 'copy', epoch, chainHead, mayCopy: index === 0 || !isOneByOne(item) },
      });
    }
    const wish: ItemWish = {
      ...{ itemId: job.itemId, replicas, joining: [], cutNow: 0, isSettled: false },
      ...paceOf(policy),
    };
    const { processServer } = await chooseServers(ports, job.itemId, item);
    await ports.board.change(feeder.agentId, (current) => ({
      ...current,
      ...(processServer === undefined ? {} : { processServer }),
      items: [...current.items.filter(({ itemId }) => itemId !== job.itemId), wish],
    }));
    await changeItem(ports.records, job.itemId, () => ({
      ...{ agentId: feeder.agentId, providerId: feeder.providerId },
    }));
    await happenTo(ports.records, job.itemId, 'copyStarted');
  });
}

/** Hyper-V copies the disks of a machine one after the other; all other sources copy them side by side. */
export function isOneByOne({ scenario }: ProtectedItem): boolean {
  return scenario === 'HyperVReplicaAzure' || scenario === 'HyperVReplica2012R2';
}
