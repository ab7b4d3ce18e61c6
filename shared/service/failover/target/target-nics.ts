import { z } from 'zod';
import type { NicRequest } from '../../../contracts/compute/target-machine';
import type { ProtectedItem } from '../../../contracts/catalogue/protected-item';
import type { FailoverJob } from '../../../contracts/jobs/failover-steps';
import { LifeboatError } from '../../../errors';
import { feederOf } from '../../protection/feeder-of';
import type { FailoverPorts } from '../failover-ports';
import { networkMappedTo } from './network-mapping';

type Nic = z.input<typeof NicRequest>;

/** A card of the source: the network it is in, by that side's own id. */
interface SourceNic {
  readonly networkId?: string;
  readonly subnet?: string;
  readonly address?: string;
}

const text = z.string().min(1).optional().catch(undefined);

/** The networks that a target is described with. */
export const networkWishes = {
  selectedRecoveryAzureNetworkId: text,
  selectedTfoAzureNetworkId: text,
  targetAzureNetworkId: text,
  targetNetworkId: text,
  testNetworkId: text,
  recoveryAzureNetworkId: text,
  recoverySubnetName: text,
  targetAzureSubnetId: text,
  targetSubnetName: text,
  testSubnetName: text,
} as const;
type NetworkWishes = z.infer<z.ZodObject<typeof networkWishes>>;

/** The cards of a machine as the update operation describes them. */
const WishedNic = z.looseObject({
  selectionType: text,
  recoveryVMNetworkId: text,
  tfoVMNetworkId: text,
  recoveryVMSubnetName: text,
  ipConfigs: z
    .array(
      z.looseObject({
        recoverySubnetName: text,
        recoveryStaticIPAddress: text,
        recoveryPublicIPAddressId: text,
        tfoSubnetName: text,
        tfoStaticIPAddress: text,
      }),
    )
    .nullish(),
});

interface Described {
  readonly item: ProtectedItem;
  readonly wishes: NetworkWishes;
}

/** The network that a test was asked to be in; undefined where it gets one of its own. */
export function networkOfTest(job: FailoverJob, wishes: NetworkWishes): string | undefined {
  if (job.networkType === 'VmNetworkAsInput') return job.networkId;
  if (job.networkType !== undefined) return undefined;
  return job.networkId ?? wishes.selectedTfoAzureNetworkId ?? wishes.testNetworkId;
}

/**
 * The cards of the machine to be: as they were described since protection began, else one for each that the source has. A network
 * is the one chosen for the card, else for the machine, else the one that the card's own is mapped to.
 */
export async function nicsOf(ports: FailoverPorts, job: FailoverJob, described: Described): Promise<Nic[]> {
  const { item, wishes } = described;
  const isTest = job.verb === 'testFailover';
  const chosen = isTest ? networkOfTest(job, wishes) : networkOfFailover(wishes);
  const subnet = isTest ? wishes.testSubnetName : subnetOf(wishes);
  const wished = nicsDescribed(item, isTest);
  if (wished.length > 0) {
    return wished.map((nic) => ({
      ...withoutGaps({ subnet }),
      ...nic,
      networkId: nic.networkId ?? chosen ?? refuseNoNetwork(job),
    }));
  }
  const nics: Nic[] = [];
  for (const nic of await nicsOfSource(ports, job, item)) {
    const networkId = chosen ?? (await networkMappedTo(ports, job, nic.networkId)) ?? refuseNoNetwork(job);
    const kept = subnet ?? (await subnetLike(ports, networkId, nic.subnet));
    nics.push({ networkId, ...withoutGaps({ subnet: kept, address: nic.address }) });
  }
  return nics;
}

function refuseNoNetwork({ itemId }: FailoverJob): never {
  const message = 'No network is chosen for the machine at the target.';
  throw new LifeboatError('TargetResourceMissing', message, { target: itemId });
}

function nicsDescribed(item: ProtectedItem, isTest: boolean): readonly Partial<Nic>[] {
  const described = z.array(WishedNic).catch([]);
  return described
    .parse(item.target['vmNics'] ?? [])
    .filter(({ selectionType }) => selectionType !== 'NotSelected')
    .map((nic): Partial<Nic> => {
      const [address] = nic.ipConfigs ?? [];
      return isTest
        ? withoutGaps({
            networkId: nic.tfoVMNetworkId,
            subnet: address?.tfoSubnetName,
            address: address?.tfoStaticIPAddress,
          })
        : withoutGaps({
            networkId: nic.recoveryVMNetworkId,
            subnet: address?.recoverySubnetName ?? nic.recoveryVMSubnetName,
            address: address?.recoveryStaticIPAddress,
            publicAddress: address?.recoveryPublicIPAddressId === undefined ? undefined : true,
          });
    });
}

function networkOfFailover(wishes: NetworkWishes): string | undefined {
  return (
    wishes.selectedRecoveryAzureNetworkId ??
    wishes.recoveryAzureNetworkId ??
    wishes.targetAzureNetworkId ??
    wishes.targetNetworkId
  );
}

function subnetOf(wishes: NetworkWishes): string | undefined {
  return (
    wishes.recoverySubnetName ?? wishes.targetSubnetName ?? wishes.targetAzureSubnetId?.split('/').at(-1)
  );
}

/** One card for each that the source has; one where nothing is known. */
async function nicsOfSource(
  { records, sources }: FailoverPorts,
  { itemId }: FailoverJob,
  item: ProtectedItem,
): Promise<readonly SourceNic[]> {
  const { sourceMachineId } = item;
  const nics =
    item.scenario === 'A2A' && sourceMachineId !== undefined
      ? ((await sources.read(sourceMachineId))?.nics ?? [])
      : ((await feederOf(records, itemId, item))?.machine.nics ?? []).map(
          ({ networkId, subnet, addresses: [address] }) => withoutGaps({ networkId, subnet, address }),
        );
  return nics.length > 0 ? nics : [{}];
}

/** The subnet of the same name, if the target has one. */
async function subnetLike(
  { catalog }: FailoverPorts,
  networkId: string,
  name: string | undefined,
): Promise<string | undefined> {
  if (name === undefined) return undefined;
  return (await catalog.network(networkId))?.subnets.find((subnet) => subnet.name === name)?.name;
}

function withoutGaps<T extends object>(value: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(value).filter(([, each]) => each !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  };
}
