import { createHash } from 'node:crypto';
import type { AgentRecord } from '../../contracts/agents/agent-record';
import { KnownMachine } from '../../contracts/agents/known-machine';
import type { ReportedMachine, ReportedNetwork } from '../../contracts/agent/report';
import { Fabric, type ProtectableItem } from '../../contracts/catalogue/site';
import type { Resource } from '../../contracts/catalogue/resource';
import { findScenario } from '../../model/scenarios';
import type { Records } from '../../ports/records';
import { everyResource, putResource, readResource } from '../catalogue/resources';
import { uuidOf } from './agent-records';
import { machineKey } from './known-machines';

export interface ReportedSite {
  readonly machines: readonly ReportedMachine[];
  readonly networks: readonly ReportedNetwork[];
}

/** What machines of each kind of fabric are called, and the scenarios that can protect them. */
const kinds: Readonly<Record<string, { readonly kind: string; readonly scenarios: readonly string[] }>> = {
  HyperVSite: { kind: 'HyperVVirtualMachine', scenarios: ['HyperVReplicaAzure'] },
  VMM: { kind: 'HyperVVirtualMachine', scenarios: ['HyperVReplicaAzure', 'HyperVReplica2012R2'] },
  VMware: { kind: 'VMwareVirtualMachine', scenarios: ['InMageAzureV2', 'InMage'] },
  InMageRcm: { kind: 'VMwareVirtualMachine', scenarios: ['InMageRcm'] },
  VMwareV2: { kind: 'VMwareVirtualMachine', scenarios: ['InMageRcm'] },
};

/** Two reports with the same digest say the same of the site. */
export function digestOfSite(site: ReportedSite): string {
  return createHash('sha256')
    .update(JSON.stringify([site.machines, site.networks]))
    .digest('base64url');
}

/** Lists the machines and networks that an agent reports where people look for them. Safe to repeat. */
export async function noteSite(
  { records }: { records: Records },
  agent: AgentRecord,
  site: ReportedSite,
): Promise<void> {
  const fabric = await readResource(records, agent.fabricId);
  if (fabric === undefined) return;
  const { resource } = fabric;
  const properties = Fabric.parse(resource.properties);
  for (const network of site.networks) await noteNetwork(records, resource, network);
  const own: ReportedMachine[] = [];
  for (const machine of site.machines) {
    const key = machineKey(properties.internalId, machine.machineId);
    const known = together(KnownMachine.safeParse((await records.get(key))?.body).data, agent, machine);
    await records.put(key, known);
    if (known.agentId === agent.agentId) own.push(machine);
  }
  if (kinds[properties.kind] === undefined) return;
  for await (const container of everyResource(records, resource.id, 'replicationProtectionContainers')) {
    const place = { records, fabric: properties, containerId: container.resource.id, agent };
    for (const machine of own) await noteMachine(place, machine);
  }
}

/** Who reads a machine's disks speaks for it, whoever else reports it; who runs it is kept in mind beside. */
function together(
  known: KnownMachine | undefined,
  { agentId, providerId }: AgentRecord,
  machine: ReportedMachine,
): KnownMachine {
  if (machine.isHosted !== true) {
    const { hostAgentId } = known ?? {};
    return { agentId, providerId, machine, ...(hostAgentId === undefined ? {} : { hostAgentId }) };
  }
  if (known === undefined || known.machine.isHosted === true) {
    return { agentId, providerId, machine, hostAgentId: agentId };
  }
  return { ...known, hostAgentId: agentId };
}

interface Place {
  readonly records: Records;
  readonly fabric: Fabric;
  readonly containerId: string;
  readonly agent: AgentRecord;
}

async function noteMachine(
  { records, fabric, containerId, agent }: Place,
  machine: ReportedMachine,
): Promise<void> {
  const name = protectableItemName(fabric.internalId, machine.machineId);
  const id = `${containerId}/replicationProtectableItems/${name}`;
  const before = await readResource(records, id);
  const kind = kinds[fabric.kind] ?? { kind: '', scenarios: [] };
  const properties: ProtectableItem = {
    ...before?.resource.properties,
    friendlyName: machine.name,
    kind: kind.kind,
    machineId: machine.machineId,
    providerId: agent.providerId,
    scenarios: kind.scenarios.filter((scenario) => findScenario(scenario) !== undefined),
    readinessErrors: [],
    operatingSystem: machine.osType,
    generation: machine.generation,
    poweredOn: machine.powerState === 'running',
    nics: machine.nics,
    ...(machine.memoryBytes === undefined ? {} : { memoryBytes: machine.memoryBytes }),
    ...(machine.processorCount === undefined ? {} : { processorCount: machine.processorCount }),
    ...(machine.nics[0]?.addresses[0] === undefined ? {} : { ipAddress: machine.nics[0].addresses[0] }),
    disks: machine.disks.map(({ diskId, name: diskName, sizeBytes, isBootDisk }) => ({
      id: diskId,
      name: diskName,
      sizeBytes,
      isOperatingSystem: isBootDisk,
    })),
  };
  const type = `${typeBelow(containerId)}/replicationProtectableItems`;
  await putResource(records, { id, name, type, properties });
}

/** A machine keeps its name in the API for as long as its platform keeps its id. */
export function protectableItemName(fabricInternalId: string, machineId: string): string {
  return uuidOf('machine', fabricInternalId, machineId.toLowerCase());
}

/** A logical network is shown before what is linked to it. */
async function noteNetwork(records: Records, fabric: Resource, network: ReportedNetwork): Promise<void> {
  const { networkId, name: friendlyName, subnets, logicalNetwork } = network;
  const { kind } = Fabric.parse(fabric.properties);
  const logical = logicalNetwork && {
    ...partOf(fabric, 'replicationLogicalNetworks', logicalNetwork.networkId),
    properties: { friendlyName: logicalNetwork.name, nativeId: logicalNetwork.networkId },
  };
  if (logical !== undefined) await putResource(records, logical);
  await putResource(records, {
    ...partOf(fabric, 'replicationNetworks', networkId),
    properties: {
      friendlyName,
      networkType: kind,
      fabricKind: kind,
      nativeId: networkId,
      ...(logical === undefined ? {} : { logicalNetworkId: logical.id }),
      subnets: subnets.map(({ name: subnet, prefixes }) => ({
        name: subnet,
        friendlyName: subnet,
        addressList: prefixes,
      })),
    },
  });
}

function partOf(fabric: Resource, type: string, nativeId: string): Pick<Resource, 'id' | 'name' | 'type'> {
  const name = uuidOf('network', nativeId);
  return { id: `${fabric.id}/${type}/${name}`, name, type: `${fabric.type}/${type}` };
}

function typeBelow(id: string): string {
  const types = id.split('/').slice(9);
  return `Microsoft.RecoveryServices/vaults/${types.filter((_, index) => index % 2 === 0).join('/')}`;
}
