import { randomBytes, randomUUID } from 'node:crypto';
import type { DesiredReplica } from '../../../shared/contracts/agent/desired';
import { ProtectedItem } from '../../../shared/contracts/catalogue/protected-item';
import type { InstanceType } from '../../../shared/model/scenarios/scenario';
import { machineKey } from '../../../shared/service/agents/known-machines';
import { putResource } from '../../../shared/service/catalogue/resources';
import { recoveriesOf } from '../../../shared/service/failover/recovery-records';
import { vault } from '../arm/world';
import type { FailoverWorld } from './failover-world';
import { SimulatedDisk, SimulatedMachine } from './simulated-machine';

const policy = {
  retention: [{ untilAgeInMs: 86_400_000, everyInMs: 0 }],
  journal: false,
  journalWindowInMs: 3_600_000,
  anchorIntervalInMs: 3_600_000,
  rpoThresholdInMs: 900_000,
  cacheQuotaBytes: 2 ** 32,
};

const itemType =
  'Microsoft.RecoveryServices/vaults/replicationFabrics/replicationProtectionContainers/replicationProtectedItems';

export function groupOf(name: string): string {
  return `/subscriptions/${vault.split('/')[2] ?? ''}/resourceGroups/${name}`;
}

export const network = `${groupOf('rescue')}/providers/Microsoft.Network/virtualNetworks/harbour`;

const usual = { targetAzureNetworkId: network, targetAzureV2ResourceGroupId: groupOf('rescue') };

export interface ProtectOptions {
  readonly name?: string;
  readonly disks?: number;
  readonly sizeBytes?: number;
  /** The cards of the source, as its agent reports them, or its cloud has them. */
  readonly nics?: readonly SourceNic[];
  readonly isPhysical?: boolean;
  /** What protection was enabled with. */
  readonly enabledWith?: Readonly<Record<string, unknown>>;
}

interface SourceNic {
  readonly networkId?: string;
  readonly subnet?: string;
  readonly address: string;
  /** Beside the first. */
  readonly moreAddresses?: string[];
}

interface Attached {
  readonly fabricId: string;
  readonly machineId: string;
  readonly itemId: string;
  readonly disks: readonly SimulatedDisk[];
  readonly isCloud: boolean;
  readonly isPhysical?: boolean;
  /** The host that its agent runs on. */
  readonly provider?: string | undefined;
  readonly nics?: readonly SourceNic[];
}

interface Described {
  readonly enabledWith: Readonly<Record<string, unknown>>;
  readonly scenario: InstanceType;
  readonly name: string;
  readonly machineId: string;
  readonly disks: readonly SimulatedDisk[];
}

/** A machine under protection, whose disks were copied and have a first point. */
export async function protectMachine(
  world: FailoverWorld,
  scenario: InstanceType,
  options: ProtectOptions = {},
): Promise<SimulatedMachine> {
  const { name = 'web', disks = 2, sizeBytes = 64 * 1024, nics = [{ address: '10.1.0.9' }] } = options;
  const { enabledWith = usual } = options;
  const fabricId = await makeFabric(world, `site-${scenario}`);
  const isCloud = scenario === 'A2A';
  const machineId = isCloud ? `${groupOf('east')}/providers/Microsoft.Compute/virtualMachines/${name}` : name;
  const contents = Array.from({ length: disks }, () => randomBytes(sizeBytes));
  if (isCloud) {
    const parts = contents.map((content, index) => ({ name: `${name}-${index}`, content }));
    world.compute.cloud.addSource({
      ...{ id: machineId, location: 'east', disks: parts },
      nics: nics.map((nic, index) => ({ id: `${name}-nic${index}`, networkId: '', subnet: '', ...nic })),
    });
  }
  const itemId = `${fabricId}/replicationProtectionContainers/cloud/replicationProtectedItems/${name}`;
  const simulated = contents.map(
    (content, index) => new SimulatedDisk(`disk-${index}`, randomUUID(), content),
  );
  const machine = await attach(world, {
    ...{ fabricId, machineId, itemId, disks: simulated, isCloud, nics },
    isPhysical: options.isPhysical === true,
  });
  const item = await itemOf(world, { scenario, name, machineId, disks: simulated, enabledWith });
  await putResource(world.records, { id: itemId, name, type: itemType, properties: item });
  const wished: DesiredReplica[] = [];
  for (const { replicaId, diskId } of simulated) {
    const { replicas } = world.ports;
    await replicas.create({ replicaId, sizeBytes, ownerId: itemId, policy });
    const request = { replicaId, kind: 'rebase', reason: 'initial', job: `enable-${name}` } as const;
    const { epoch, chainHead } = await replicas.startEpoch(request);
    wished.push({ ...{ replicaId, machineId, diskId, epoch, chainHead }, mode: 'copy', mayCopy: true });
  }
  await world.ports.board.change(machine.agentId, (wish) => ({
    ...wish,
    items: [{ itemId, replicas: wished, crashIntervalInMs: 300_000, cutNow: 0, isSettled: true }],
  }));
  await machine.look();
  await world.drain(machine);
  return machine;
}

/** An agent beside the recovered machine, which registers in the fabric that the machine came from. */
export async function installAgent(
  world: FailoverWorld,

  away: SimulatedMachine,
  inFabric = away.itemId.split('/').slice(0, 11).join('/'),
): Promise<SimulatedMachine> {
  const { real } = recoveriesOf(await world.item(away));
  const disks = (real?.disks ?? []).map(
    ({ replicaId, targetDiskId }, index) =>
      new SimulatedDisk(`disk-${index}`, replicaId, world.compute.cloud.content(targetDiskId ?? '')),
  );
  const machineId = real?.machine?.id ?? '';
  return attach(world, { fabricId: inFabric, machineId, itemId: away.itemId, disks, isCloud: true });
}

/** A virtual machine at the site of another, with empty disks as large as that one's. */
export function addVirtualMachine(
  world: FailoverWorld,
  like: SimulatedMachine,
  machineId: string,
  provider?: string,
): Promise<SimulatedMachine> {
  const disks = like.disks.map(
    ({ diskId, replicaId, content }) => new SimulatedDisk(diskId, replicaId, Buffer.alloc(content.length)),
  );
  const fabricId = like.itemId.split('/').slice(0, 11).join('/');
  return attach(world, { fabricId, machineId, itemId: like.itemId, disks, isCloud: false, provider });
}

async function makeFabric(world: FailoverWorld, name: string, location = 'westeurope'): Promise<string> {
  const id = `${vault}/replicationFabrics/${name}`;
  const details = { health: 'Normal', healthErrors: [], details: {}, location };
  await putResource(world.records, {
    ...{ id, name, type: 'Microsoft.RecoveryServices/vaults/replicationFabrics' },
    properties: { friendlyName: name, kind: 'HyperVSite', internalId: `fabric-${name}`, ...details },
  });
  return id;
}

async function attach(
  world: FailoverWorld,
  {
    fabricId,
    machineId,
    itemId,
    disks,
    isCloud,
    isPhysical = false,
    provider = 'host',
    nics = [{ address: '10.1.0.9' }],
  }: Attached,
): Promise<SimulatedMachine> {
  const agentId = randomUUID();
  const { board, clock } = world.ports;
  const cloudPower = (): boolean =>
    world.compute.cloud.machines.get(machineId.toLowerCase())?.isRunning ?? false;
  const machine = new SimulatedMachine(agentId, itemId, disks, {
    ...{ board, cache: world.cache, now: () => clock.now() },
    tell: (jobId, event, data) => world.jobs.tell(jobId, event, data),
    readCopy: async (url) => {
      const replicaId = url.slice('memory:'.length);
      const { sizeBytes } = await world.disks.open(replicaId).state();
      const { data } = await world.disks.open(replicaId).read({ offsetBytes: 0, lengthBytes: sizeBytes });
      return Buffer.from(data);
    },
    ...(isCloud ? { cloudPower } : {}),
  });
  const reported = disks.map(({ diskId, content }, index) => {
    return { diskId, name: diskId, sizeBytes: content.length, isBootDisk: index === 0 };
  });
  await world.records.put(machineKey(`fabric-${fabricId.split('/').at(-1) ?? ''}`, machineId), {
    ...{ agentId, providerId: `${fabricId}/replicationRecoveryServicesProviders/${provider}` },
    machine: {
      ...{ machineId, name: machineId.split('/').at(-1), osType: 'Linux', powerState: 'running' },
      ...{ generation: '1', disks: reported, isPhysical },
      nics: nics.map(({ address, moreAddresses = [], ...nic }, index) => ({
        ...nic,
        nicId: `nic${index}`,
        addresses: [address, ...moreAddresses],
      })),
    },
  });
  world.machines.push(machine);
  return machine;
}

async function itemOf(
  world: FailoverWorld,
  { scenario, name, machineId, disks, enabledWith }: Described,
): Promise<ProtectedItem> {
  const policyId = `${vault}/replicationPolicies/p-${scenario}`;
  await putResource(world.records, {
    ...{
      id: policyId,
      name: `p-${scenario}`,
      type: 'Microsoft.RecoveryServices/vaults/replicationPolicies',
    },
    properties: { providerSpecificDetails: { instanceType: scenario } },
  });
  const recoveryFabricId = await makeFabric(world, 'recovery');
  for (const fabricId of [recoveryFabricId, `${vault}/replicationFabrics/site-${scenario}`]) {
    await putResource(world.records, {
      ...{ id: `${fabricId}/replicationProtectionContainers/cloud`, name: 'cloud' },
      type: 'Microsoft.RecoveryServices/vaults/replicationFabrics/replicationProtectionContainers',
      properties: { friendlyName: 'cloud', fabricKind: 'Azure', fabricFriendlyName: 'fabric' },
    });
  }
  return ProtectedItem.parse({
    ...{ friendlyName: name, internalId: randomUUID(), scenario, instanceType: scenario, policyId },
    ...{ sourceMachineId: machineId, state: 'Protected', testFailover: 'None', resyncRequired: false },
    ...{
      health: 'Normal',
      failoverHealth: 'Normal',
      healthErrors: [],
      initialCopyPercent: 100,
      target: {},
    },
    recoveryFabricId: scenario === 'A2A' ? recoveryFabricId : 'Microsoft Azure',
    recoveryContainerId:
      scenario === 'A2A' ? `${recoveryFabricId}/replicationProtectionContainers/cloud` : 'Microsoft Azure',
    disks: disks.map(({ diskId, replicaId, content }, index) => {
      const shown = { id: diskId, name: diskId, replicaId, sizeBytes: content.length };
      return { ...shown, isOperatingSystem: index === 0 };
    }),
    enabledWith,
  });
}
