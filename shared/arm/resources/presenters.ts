import { Container, Fabric, Network, ProtectableItem, Provider } from '../../contracts/catalogue/site';
import { ReplicationEvent } from '../../contracts/catalogue/event';
import type { Resource } from '../../contracts/catalogue/resource';
import { presentDeleted } from '../deleted/present-deleted';
import { presentItem, presentRecoveryPoint } from '../items/present-item';
import { presentWebhook } from '../events/webhooks';
import { presentJob } from '../jobs/present-job';
import { presentPlan } from '../plans/present-plan';
import { presentHealthErrors, wireTime } from './wire-words';

/** What a resource looks like on the wire. `brief` is the look it has in a list. */
type Presenter = (resource: Resource, look: { readonly brief: boolean }) => Record<string, unknown>;

const presenters: Readonly<Record<string, Presenter>> = {
  replicationfabrics: presentFabric,
  replicationprotectioncontainers: presentContainer,
  replicationprotectableitems: presentProtectableItem,
  replicationprotecteditems: presentItem,
  recoverypoints: presentRecoveryPoint,
  replicationrecoveryservicesproviders: presentProvider,
  replicationnetworks: presentNetwork,
  replicationlogicalnetworks: ({ properties }) => without(properties, 'nativeId'),
  replicationvcenters: ({ properties }) => without(properties, 'discoveryRequestedAtInMs'),
  replicationrecoveryplans: presentPlan,
  replicationjobs: presentJob,
  replicationevents: presentEvent,
  webhooks: presentWebhook,
  replicationevidence: presentEvidence,
  deletedprotecteditems: presentDeleted,
};

/** A resource as the API answers it. What has no presenter of its own is kept in the API's words already. */
export function presentResource(resource: Resource, brief = false): Record<string, unknown> {
  const type = resource.type.split('/').at(-1)?.toLowerCase() ?? '';
  const presenter = presenters[type];
  return {
    id: resource.id,
    name: resource.name,
    type: resource.type,
    ...(resource.location === undefined ? {} : { location: resource.location }),
    ...(resource.tags === undefined ? {} : { tags: resource.tags }),
    properties: presenter === undefined ? resource.properties : presenter(resource, { brief }),
  };
}

function without(properties: Resource['properties'], name: string): Record<string, unknown> {
  return Object.fromEntries(Object.entries(properties).filter(([key]) => key !== name));
}

/** The page for people is a long text: a list leaves it out. */
function presentEvidence(
  { properties }: Resource,
  { brief }: { readonly brief: boolean },
): Record<string, unknown> {
  const { page, ...signed } = properties;
  return brief ? signed : { ...signed, page };
}

function presentFabric(resource: Resource): Record<string, unknown> {
  const fabric = Fabric.parse(resource.properties);
  return {
    friendlyName: fabric.friendlyName,
    encryptionDetails: { kekState: 'None', kekCertThumbprint: null },
    rolloverEncryptionDetails: { kekState: 'None', kekCertThumbprint: null },
    internalIdentifier: fabric.internalId,
    bcdrState: 'Valid',
    customDetails: { instanceType: fabric.kind, ...fabric.details },
    healthErrorDetails: presentHealthErrors(fabric.healthErrors),
    health: fabric.health,
  };
}

function presentContainer(resource: Resource): Record<string, unknown> {
  const container = Container.parse(resource.properties);
  return {
    fabricFriendlyName: container.fabricFriendlyName,
    friendlyName: container.friendlyName,
    fabricType: container.fabricKind,
    protectedItemCount: container['protectedItemCount'] ?? 0,
    pairingStatus: container['pairingStatus'] ?? 'NotPaired',
    role: container['role'] ?? '',
    fabricSpecificDetails: { instanceType: container.fabricKind },
  };
}

function presentProtectableItem(resource: Resource): Record<string, unknown> {
  const machine = ProtectableItem.parse(resource.properties);
  return {
    friendlyName: machine.friendlyName,
    protectionStatus: machine.protectedItemId === undefined ? 'Unprotected' : 'Protected',
    replicationProtectedItemId: machine.protectedItemId ?? null,
    recoveryServicesProviderId: machine.providerId ?? null,
    protectionReadinessErrors: machine.readinessErrors,
    supportedReplicationProviders: machine.scenarios,
    customDetails: {
      instanceType: machine.kind,
      osDetails: { osType: machine.operatingSystem ?? '' },
      osType: machine.operatingSystem ?? '',
      ipAddress: machine.ipAddress ?? '',
      poweredOn: machine.poweredOn ? 'On' : 'Off',
      diskDetails: machine.disks.map((disk) => ({
        vhdId: disk.id,
        vhdName: disk.name,
        vhdType: disk.isOperatingSystem ? 'OperatingSystem' : 'DataDisk',
        diskId: disk.id,
        diskName: disk.name,
        diskSizeInMB: String(Math.ceil(disk.sizeBytes / (1024 * 1024))),
        maxSizeMB: Math.ceil(disk.sizeBytes / (1024 * 1024)),
      })),
    },
  };
}

function presentProvider(resource: Resource): Record<string, unknown> {
  const provider = Provider.parse(resource.properties);
  return {
    fabricType: provider.fabricKind,
    fabricFriendlyName: provider.fabricFriendlyName,
    friendlyName: provider.friendlyName,
    machineName: provider.machineName ?? provider.friendlyName,
    providerVersion: provider.version,
    serverVersion: null,
    providerVersionState: 'Supported',
    lastHeartBeat: wireTime(provider.lastHeartbeatInMs),
    connectionStatus: provider.connected ? 'Connected' : 'NotConnected',
    protectedItemCount: provider.protectedItemCount,
    allowedScenarios: ['RefreshProvider', 'RemoveProvider'],
    healthErrorDetails: presentHealthErrors(provider.healthErrors),
    draIdentifier: provider.agentId,
  };
}

function presentNetwork(resource: Resource): Record<string, unknown> {
  const network = Network.parse(resource.properties);
  return {
    fabricType: network.fabricKind,
    friendlyName: network.friendlyName,
    networkType: network.networkType,
    subnets: network.subnets.map(({ name, addressList }) => ({ name, friendlyName: name, addressList })),
    logicalNetworkId: network.logicalNetworkId ?? null,
  };
}

function presentEvent(resource: Resource): Record<string, unknown> {
  const event = ReplicationEvent.parse(resource.properties);
  return {
    eventCode: event.eventCode,
    description: event.description,
    eventType: event.eventType,
    affectedObjectFriendlyName: event.affectedObjectFriendlyName,
    affectedObjectCorrelationId: event.affectedObjectId ?? null,
    severity: event.severity,
    timeOfOccurrence: wireTime(event.timeInMs),
    fabricId: event.fabricId ?? null,
    healthErrors: presentHealthErrors(event.healthErrors),
    providerSpecificDetails: null,
    eventSpecificDetails: event.details ?? null,
  };
}
