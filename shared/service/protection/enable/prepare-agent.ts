import type { EnableProtection } from '../../../contracts/jobs/item-jobs';
import type { AgentLook } from '../../../contracts/protection/step';
import { LifeboatError } from '../../../errors';
import { createRegistrationToken } from '../../agents/create-token';
import { jobLedger } from '../../jobs/job-ledger';
import { feederOf } from '../feeder-of';
import { changeItem, fabricIdOf, requireItem } from '../item-records';
import type { ProtectionPorts } from '../protection-ports';
import { errorOf } from '../run-step';

const patienceInMs = 15 * 60_000;

/**
 * An agent for the machine. Where none speaks for an Azure machine, it is installed through the cloud, with a token of its
 * own, and looked for until it has reported.
 */
export async function prepareAgent(ports: ProtectionPorts, job: EnableProtection): Promise<AgentLook> {
  const { records, clock } = ports;
  const record = await jobLedger(records, clock).find(job);
  if (record?.stateDescription === 'Cancelling') return { state: 'cancelled' };
  const item = await requireItem(records, job.itemId);
  if ((await feederOf(records, job.itemId, item)) !== undefined) return { state: 'done' };
  const installedAtInMs = Number(item['agentInstalledAtInMs'] ?? 0);
  if (installedAtInMs === 0) await install(ports, job, item.sourceMachineId ?? '');
  else if (clock.now() - installedAtInMs > patienceInMs) {
    const missing = new LifeboatError('AgentMissing', 'The agent was installed, and did not report.');
    return { state: 'refused', error: errorOf(missing) };
  }
  return { state: 'waiting' };
}

async function install(ports: ProtectionPorts, job: EnableProtection, machineId: string): Promise<void> {
  const { records, clock, ids, serviceUrl } = ports;
  const fabricId = fabricIdOf(job.itemId);
  const { token } = await createRegistrationToken(
    { records, clock, ids },
    { vaultId: job.vaultId, fabricId },
  );
  await ports.cloud?.()?.sources.installAgent({
    machineId,
    version: '1.0',
    settings: { url: serviceUrl ?? '', machineId },
    protectedSettings: { token },
  });
  await changeItem(records, job.itemId, () => ({ agentInstalledAtInMs: clock.now() }));
}
