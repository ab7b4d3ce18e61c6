import type { ProtectedItem } from '../../../contracts/catalogue/protected-item';
import type { FailoverJob } from '../../../contracts/jobs/failover-steps';
import { LifeboatError } from '../../../errors';
import type { FailoverPorts } from '../failover-ports';
import { targetPlanOf, type TargetPlan } from './target-plan';

/** What the machine would miss at its target is said before its source is touched. */
export async function checkTarget(
  ports: FailoverPorts,
  job: FailoverJob,
  item: ProtectedItem,
): Promise<void> {
  const plan = await targetPlanOf(ports, job, item);
  await expectNetworks(ports, plan);
  await expectFreeName(ports, plan);
  await expectQuota(ports, plan);
}

async function expectNetworks({ catalog }: FailoverPorts, { nics }: TargetPlan): Promise<void> {
  for (const { networkId, subnet } of nics) {
    const network = await catalog.network(networkId);
    if (network === undefined) {
      throw new LifeboatError('TargetResourceMissing', `The network ${networkId} is not there.`, {
        target: networkId,
      });
    }
    const isThere = network.subnets.some(({ name }) => name.toLowerCase() === subnet?.toLowerCase());
    if (subnet === undefined || isThere) continue;
    throw new LifeboatError('TargetResourceMissing', `The network ${networkId} has no subnet ${subnet}.`, {
      target: networkId,
    });
  }
}

async function expectFreeName({ machines }: FailoverPorts, { name, place }: TargetPlan): Promise<void> {
  const id = `${place.resourceGroupId}/providers/Microsoft.Compute/virtualMachines/${name}`;
  if ((await machines.look(id)) === undefined) return;
  throw new LifeboatError('TargetNameTaken', `${id} is there already.`, { target: id });
}

async function expectQuota({ catalog }: FailoverPorts, { place, size }: TargetPlan): Promise<void> {
  const { resourceGroupId, location } = place;
  const [, , subscriptionId = ''] = resourceGroupId.split('/');
  const sizes = await catalog.sizes(subscriptionId, location);
  const needed = new Map([
    ['virtualMachines', 1],
    ['cores', sizes.find(({ name }) => name === size)?.cores ?? 0],
  ]);
  for (const { name, used, limit } of await catalog.quotas(subscriptionId, location)) {
    const more = needed.get(name) ?? 0;
    if (more === 0 || used + more <= limit) continue;
    throw new LifeboatError(
      'TargetQuotaExceeded',
      `The region ${location} gives ${limit} of ${name}, ${used} are used, and this takes ${more} more.`,
      { target: location },
    );
  }
}
