import { z } from 'zod';
import type { NicRequest } from '../../../contracts/compute/target-machine';
import type { ProtectedItem } from '../../../contracts/catalogue/protected-item';
import type { FailoverJob } from '../../../contracts/jobs/failover-steps';
import { LifeboatError } from '../../../errors';
import { feederOf } from '../../protection/feeder-of';
import type { FailoverPorts } from '../failover-ports';
import { firstOf, nicsDescribed, withoutGaps } from './described-nics';
import { networkMappedTo } from './network-mapping';

type Nic = z.input<typeof NicRequest>;

/** A card of the source: the network it is in, by that side's own id. */
interface SourceNic {
  readonly nicId?: string;
  readonly networkId?: string;
  readonly subnet?: string;
  readonly address?: string;
  /** Beside the first. */
  readonly moreAddresses?: readonly string[] | undefined;
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
  /** The card that is to be the primary one. */
  selectedSourceNicId: text,
} as const;
type NetworkWishes = z.infer<z.ZodObject<typeof networkWishes>>;

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
 * The cards of the machine to be: those that were described since protection began, else one for each that the source has. A network
 * is the one chosen for the card, else for the machine, else the one that the card's own is mapped to.
 */
export async function nicsOf(
  ports: FailoverPorts,
  job: FailoverJob,
  { item, wishes }: Described,
): Promise<Nic[]> {
  const isTest = job.verb === 'testFailover';
  const chosen = isTest ? networkOfTest(job, wishes) : networkOfFailover(wishes);
  const subnet = isTest ? wishes.testSubnetName : subnetOf(wishes);
  const ofSource = await nicsOfSource(ports, job, item);
  const described = nicsDescribed(item, isTest) ?? ofSource.map(({ nicId }) => ({ nicId, wished: {} }));
  const { selectedSourceNicId: primary } = wishes;
  const nics: Nic[] = [];
  for (const { nicId, wished } of firstOf(described, (nic) => isSame(nic.nicId, primary))) {
    const source = ofSource.find((nic) => nic.nicId === nicId || isSame(nic.nicId, nicId));
    const mapped = async (): Promise<string | undefined> => networkMappedTo(ports, job, source?.networkId);
    const networkId = wished.networkId ?? chosen ?? (await mapped()) ?? refuseNoNetwork(job);
    const inSubnet = wished.subnet ?? subnet ?? (await subnetLike(ports, networkId, source?.subnet));
    const own = { address: source?.address, moreAddresses: moreOf(source) };
    nics.push({ ...withoutGaps({ ...own, ...wished, subnet: inSubnet }), networkId });
  }
  return nics;
}

function moreOf(source: SourceNic | undefined): { address: string }[] | undefined {
  return source?.moreAddresses?.map((address) => ({ address }));
}

function isSame(left: string | undefined, right: string | undefined): boolean {
  return left !== undefined && left.toLowerCase() === right?.toLowerCase();
}

function refuseNoNetwork({ itemId }: FailoverJob): never {
  const message = 'No network is chosen for the machine at the target.';
  throw new LifeboatError('TargetResourceMissing', message, { target: itemId });
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
      ? ((await sources.read(sourceMachineId))?.nics ?? []).map(({ id, ...nic }) => ({ ...nic, nicId: id }))
      : ((await feederOf(records, itemId, item))?.machine.nics ?? []).map(
          ({ nicId, networkId, subnet, addresses: [address, ...moreAddresses] }) =>
            withoutGaps({ nicId, networkId, subnet, address, moreAddresses }),
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
