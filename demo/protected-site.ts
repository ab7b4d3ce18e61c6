import { RecoveryServicesClient } from '@azure/arm-recoveryservices';
import {
  type Job,
  type RecoveryPoint,
  type ReplicationProtectedItem,
  SiteRecoveryManagementClient,
} from '@azure/arm-recoveryservices-siterecovery';
import { ClientSecretCredential } from '@azure/identity';
import type { Cloud } from '../local/cloud';

const subscription = '11111111-2222-4333-8444-555555555555';
const group = 'rescue';
const vault = 'lifeboat-demo';
const fabric = 'west-europe';
const container = 'production';
const otherFabric = 'north-europe';
const otherContainer = 'recovery';
const policy = 'every-three-seconds';
const recoveryGroupId = `/subscriptions/${subscription}/resourceGroups/rescued`;
const quick = { updateIntervalInMs: 100 };

/** A vault over two Azure regions, made and watched through the official clients only. */
export class ProtectedSite {
  readonly client: SiteRecoveryManagementClient;
  readonly #vaults: RecoveryServicesClient;
  readonly #credential: ClientSecretCredential;
  readonly endpoint: string;

  constructor({ facts }: Cloud) {
    const fact = (name: string): string => facts[name] ?? '';
    this.endpoint = fact('host.secureEndpoint');
    const authority = { authorityHost: fact('identity.endpoint'), disableInstanceDiscovery: true };
    this.#credential = new ClientSecretCredential(
      fact('identity.tenantId'),
      fact('principal.owner.clientId'),
      fact('principal.owner.secret'),
      authority,
    );
    this.client = new SiteRecoveryManagementClient(this.#credential, subscription, {
      endpoint: this.endpoint,
    });
    this.#vaults = new RecoveryServicesClient(this.#credential, subscription, { endpoint: this.endpoint });
  }

  async create(): Promise<void> {
    const { client } = this;
    const body = { location: 'westeurope', sku: { name: 'Standard' }, properties: {} };
    await this.#vaults.vaults.beginCreateOrUpdateAndWait(group, vault, body, quick);
    for (const [name, location] of [
      [fabric, 'westeurope'],
      [otherFabric, 'northeurope'],
    ] as const) {
      const customDetails = { instanceType: 'Azure' as const, location };
      await client.replicationFabrics.beginCreateAndWait(
        vault,
        group,
        name,
        { properties: { customDetails } },
        quick,
      );
    }
    const { replicationProtectionContainers: containers } = client;
    const empty = { properties: { providerSpecificInput: [{ instanceType: 'A2A' as const }] } };
    await containers.beginCreateAndWait(vault, group, fabric, container, empty, quick);
    await containers.beginCreateAndWait(vault, group, otherFabric, otherContainer, empty, quick);
    const providerSpecificInput = {
      instanceType: 'A2A' as const,
      recoveryPointHistory: 1440,
      crashConsistentFrequencyInMinutes: 0.05,
      appConsistentFrequencyInMinutes: 0,
      multiVmSyncStatus: 'Disable' as const,
    };
    await client.replicationPolicies.beginCreateAndWait(
      vault,
      group,
      policy,
      { properties: { providerSpecificInput } },
      quick,
    );
    const mapping = {
      targetProtectionContainerId: this.#otherContainerId,
      policyId: `${this.#vaultId}/replicationPolicies/${policy}`,
      providerSpecificInput: { instanceType: 'A2A' as const },
    };
    const mappings = client.replicationProtectionContainerMappings;
    await mappings.beginCreateAndWait(
      vault,
      group,
      fabric,
      container,
      'to-the-north',
      { properties: mapping },
      quick,
    );
  }

  async registrationToken(): Promise<string> {
    const { token } = await this.#credential.getToken(`${this.endpoint}/.default`);
    const path = `${this.#vaultId}/replicationFabrics/${fabric}/createRegistrationToken?api-version=2025-08-01`;
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
    const response = await fetch(`${this.endpoint}${path}`, { method: 'POST', headers, body: '{}' });
    return ((await response.json()) as { token: string }).token;
  }

  /** Enables protection of the machine that an agent has reported under this id. */
  async enable(item: string, machineId: string, diskId: string): Promise<void> {
    const disk = {
      diskId,
      primaryStagingAzureStorageAccountId: `/subscriptions/${subscription}/resourceGroups/${group}/cache`,
      recoveryResourceGroupId: recoveryGroupId,
    };
    const properties = {
      policyId: `${this.#vaultId}/replicationPolicies/${policy}`,
      providerSpecificDetails: {
        instanceType: 'A2A' as const,
        fabricObjectId: machineId,
        recoveryContainerId: this.#otherContainerId,
        recoveryResourceGroupId: recoveryGroupId,
        vmManagedDisks: [disk],
      },
    };
    const items = this.client.replicationProtectedItems;
    await items.beginCreateAndWait(vault, group, fabric, container, item, { properties }, quick);
  }

  item(name: string): Promise<ReplicationProtectedItem> {
    return this.client.replicationProtectedItems.get(vault, group, fabric, container, name);
  }

  async points(item: string): Promise<RecoveryPoint[]> {
    const found: RecoveryPoint[] = [];
    const pages = this.client.recoveryPoints.listByReplicationProtectedItems(
      vault,
      group,
      fabric,
      container,
      item,
    );
    for await (const point of pages) found.push(point);
    return found;
  }

  async jobs(): Promise<Job[]> {
    const found: Job[] = [];
    for await (const job of this.client.replicationJobs.list(vault, group)) found.push(job);
    return found;
  }

  async disable(item: string): Promise<void> {
    const properties = { disableProtectionReason: 'NotSpecified', replicationProviderInput: {} as never };
    const items = this.client.replicationProtectedItems;
    await items.beginDeleteAndWait(vault, group, fabric, container, item, { properties }, quick);
  }

  get #otherContainerId(): string {
    return `${this.#vaultId}/replicationFabrics/${otherFabric}/replicationProtectionContainers/${otherContainer}`;
  }

  get #vaultId(): string {
    return `/Subscriptions/${subscription}/resourceGroups/${group}/providers/Microsoft.RecoveryServices/vaults/${vault}`;
  }
}
