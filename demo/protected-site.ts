import {
  type Job,
  type RecoveryPoint,
  type ReplicationProtectedItem,
  SiteRecoveryManagementClient,
} from '@azure/arm-recoveryservices-siterecovery';
import { ClientSecretCredential } from '@azure/identity';
import type { Cloud } from '../local/cloud';
import { type SignedEvidence, SignedEvidence as Signed } from '../shared/contracts/evidence/evidence-report';
import { groupIdOf, networkIdOf, type Region, subscription } from './regions';
import { makeVault, policy, quick, resourceGroup, vault, vaultId } from './make-vault';
import { z } from 'zod';

const instanceType = 'A2A' as const;
const EvidencePage = z.object({ value: z.array(z.object({ name: z.string(), properties: Signed })) });

/** A vault over two Azure regions, made and watched through the official clients only. */
export class ProtectedSite {
  readonly client: SiteRecoveryManagementClient;
  readonly credential: ClientSecretCredential;
  readonly endpoint: string;

  constructor({ facts }: Cloud) {
    const fact = (name: string): string => facts[name] ?? '';
    this.endpoint = fact('host.secureEndpoint');
    const authority = { authorityHost: fact('identity.endpoint'), disableInstanceDiscovery: true };
    this.credential = new ClientSecretCredential(
      fact('identity.tenantId'),
      fact('principal.owner.clientId'),
      fact('principal.owner.secret'),
      authority,
    );
    this.client = new SiteRecoveryManagementClient(this.credential, subscription, {
      endpoint: this.endpoint,
    });
  }

  /** Everything that a machine of `from` needs to be protected in `to`. */
  create(from: Region, to: Region): Promise<void> {
    return makeVault(this, { from, to });
  }

  async registrationToken({ fabric }: Region): Promise<string> {
    const answer = await this.#ask('POST', `replicationFabrics/${fabric}/createRegistrationToken`);
    return z.object({ token: z.string() }).parse(answer).token;
  }

  /** Enables protection of the machine that an agent has reported under this id. */
  async enable(item: string, { machineId, from, to }: Protection): Promise<void> {
    const disk = {
      diskId: 'disk0',
      primaryStagingAzureStorageAccountId: `${groupIdOf(from)}/providers/Microsoft.Storage/storageAccounts/cache`,
      recoveryResourceGroupId: groupIdOf(to),
    };
    const properties = {
      policyId: `${vaultId}/replicationPolicies/${policy}`,
      providerSpecificDetails: {
        ...{ instanceType, fabricObjectId: machineId, recoveryContainerId: containerIdOf(to) },
        ...{ recoveryResourceGroupId: groupIdOf(to), recoveryAzureNetworkId: networkIdOf(to) },
        ...{ recoverySubnetName: 'default', vmManagedDisks: [disk] },
      },
    };
    await this.#items.beginCreateAndWait(...at(from, item), { properties }, quick);
  }

  item(name: string, region: Region): Promise<ReplicationProtectedItem> {
    return this.#items.get(...at(region, name));
  }

  async points(item: string, region: Region): Promise<RecoveryPoint[]> {
    const found: RecoveryPoint[] = [];
    const pages = this.client.recoveryPoints.listByReplicationProtectedItems(...at(region, item));
    for await (const point of pages) found.push(point);
    return found;
  }

  /** Newest first. */
  async jobs(): Promise<Job[]> {
    const found: Job[] = [];
    for await (const job of this.client.replicationJobs.list(vault, resourceGroup)) found.push(job);
    return found;
  }

  /** The newest one, with its tasks. */
  async newestJob(): Promise<Job | undefined> {
    const [newest] = await this.jobs();
    return newest && this.client.replicationJobs.get(vault, resourceGroup, newest.name ?? '');
  }

  /** To a point of the past while the source is lost, or, without one, to the last write of a source that is shut down first. */
  async failOver(item: string, region: Region, recoveryPointId?: string): Promise<void> {
    const providerSpecificDetails =
      recoveryPointId === undefined ? { instanceType } : { instanceType, recoveryPointId };
    const sourceSiteOperations = recoveryPointId === undefined ? 'Required' : 'NotRequired';
    const properties = {
      failoverDirection: 'PrimaryToRecovery',
      sourceSiteOperations,
      providerSpecificDetails,
    };
    await this.#items.beginUnplannedFailoverAndWait(...at(region, item), { properties }, quick);
  }

  async commit(item: string, region: Region): Promise<void> {
    await this.#items.beginFailoverCommitAndWait(...at(region, item), quick);
  }

  /** Replicates the other way from now on: the item moves to the container that its machine runs in. */
  async turnRound(item: string, from: Region): Promise<void> {
    const providerSpecificDetails = { instanceType, recoveryContainerId: containerIdOf(from) };
    const properties = { replicationProtectedItemName: item, providerSpecificDetails };
    await this.client.replicationProtectionContainers.beginSwitchProtectionAndWait(
      ...[vault, resourceGroup, from.fabric, from.container],
      { properties },
      quick,
    );
  }

  /** What the last failover has proved, signed. */
  async evidence(): Promise<SignedEvidence> {
    const { value } = EvidencePage.parse(await this.#ask('GET', 'replicationEvidence'));
    const newest = value.toSorted(
      (left, right) => right.properties.report.requestedAtInMs - left.properties.report.requestedAtInMs,
    )[0];
    if (newest === undefined) throw new Error('there is no evidence of the failover');
    return newest.properties;
  }

  async disable(item: string, region: Region): Promise<void> {
    const properties = { disableProtectionReason: 'NotSpecified', replicationProviderInput: {} as never };
    await this.#items.beginDeleteAndWait(...at(region, item), { properties }, quick);
  }

  get #items(): SiteRecoveryManagementClient['replicationProtectedItems'] {
    return this.client.replicationProtectedItems;
  }

  /** For what lifeboat has beyond Site Recovery's own API. */
  async #ask(method: 'GET' | 'POST', path: string): Promise<unknown> {
    const { token } = await this.credential.getToken(`${this.endpoint}/.default`);
    const response = await fetch(`${this.endpoint}${vaultId}/${path}?api-version=2025-08-01`, {
      method,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      ...(method === 'POST' ? { body: '{}' } : {}),
    });
    if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
    return response.json();
  }
}

interface Protection {
  readonly machineId: string;
  readonly from: Region;
  readonly to: Region;
}

function at({ fabric, container }: Region, item: string): [string, string, string, string, string] {
  return [vault, resourceGroup, fabric, container, item];
}

function containerIdOf({ fabric, container }: Region): string {
  return `${vaultId}/replicationFabrics/${fabric}/replicationProtectionContainers/${container}`;
}
