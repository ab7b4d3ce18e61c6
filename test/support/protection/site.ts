import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RecoveryServicesClient } from '@azure/arm-recoveryservices';
import {
  type ReplicationProtectedItem,
  SiteRecoveryManagementClient,
} from '@azure/arm-recoveryservices-siterecovery';
import { ClientSecretCredential } from '@azure/identity';
import { eventually } from '../eventually';
import type { Stack } from '../stack';
import { containerOf, createFabric, openOtherFabric } from './other-fabric';
import { SiteMachine } from './site-machine';
import {
  agentArguments,
  hyperVSite,
  type MachineOptions,
  sampleDisk,
  type SiteOptions,
} from './site-options';

export const subscription = '11111111-2222-4333-8444-555555555555';
export const group = 'rescue';
/** Polls without waiting long. */
export const quick = { updateIntervalInMs: 50 };

/** A fabric with a policy, on the whole local stack, through the official clients. */
export class Site {
  readonly vault = `vault-${randomUUID().slice(0, 8)}`;
  readonly fabric: string;
  readonly client: SiteRecoveryManagementClient;
  readonly vaults: RecoveryServicesClient;
  readonly credential: ClientSecretCredential;
  readonly #folder = mkdtempSync(join(tmpdir(), 'site-'));
  readonly #machines: SiteMachine[] = [];
  container = '';

  private constructor(
    readonly stack: Stack,
    readonly options: SiteOptions,
  ) {
    const { facts } = stack;
    this.fabric = options.fabric ?? 'site';
    this.credential = new ClientSecretCredential(
      facts['identity.tenantId'] ?? '',
      facts['principal.owner.clientId'] ?? '',
      facts['principal.owner.secret'] ?? '',
      { authorityHost: facts['identity.endpoint'] ?? '', disableInstanceDiscovery: true },
    );
    const clientOptions = { endpoint: this.endpoint, retryOptions: { maxRetries: 3 } };
    this.client = new SiteRecoveryManagementClient(this.credential, subscription, clientOptions);
    this.vaults = new RecoveryServicesClient(this.credential, subscription, clientOptions);
  }

  static async open(stack: Stack, options: SiteOptions = hyperVSite): Promise<Site> {
    const site = new Site(stack, options);
    const { client, vault, fabric } = site;
    await site.vaults.vaults.beginCreateOrUpdateAndWait(
      group,
      vault,
      { location: 'westeurope', sku: { name: 'Standard' }, properties: {} },
      quick,
    );
    const at = { client, vault, group };
    await createFabric(at, fabric, { instanceType: options.fabricKind, ...options.fabricDetails });
    await site.createPolicy('policy', options.policy);
    const other = await openOtherFabric(at, options);
    site.container = await containerOf(at, fabric);
    await site.map(site.container, other === undefined ? 'Microsoft Azure' : `${site.vaultId}${other}`);
    return site;
  }

  get endpoint(): string {
    return this.stack.facts['host.secureEndpoint'] ?? '';
  }

  get vaultId(): string {
    return `/Subscriptions/${subscription}/resourceGroups/${group}/providers/Microsoft.RecoveryServices/vaults/${this.vault}`;
  }

  get fabricId(): string {
    return `${this.vaultId}/replicationFabrics/${this.fabric}`;
  }

  get containerId(): string {
    return `${this.fabricId}/replicationProtectionContainers/${this.container}`;
  }

  itemId(name: string): string {
    return `${this.containerId}/replicationProtectedItems/${name}`;
  }

  async createPolicy(name: string, policy: Record<string, unknown>): Promise<void> {
    const providerSpecificInput = { instanceType: this.options.instanceType as 'A2A', ...policy } as never;
    await this.client.replicationPolicies.beginCreateAndWait(
      this.vault,
      group,
      name,
      { properties: { providerSpecificInput } },
      quick,
    );
  }

  /** Resyncs that nobody asks for start between these times of the day; by night, as long as nobody says so. */
  async resyncBetween(fromInMs: number, toInMs: number): Promise<void> {
    const timeOf = (timeInMs: number): string => new Date(timeInMs).toISOString().slice(11, 16);
    const resyncWindow = `${timeOf(fromInMs)}-${timeOf(toInMs)}`;
    const { instanceType, policy } = this.options;
    const properties = { providerSpecificInput: { instanceType, ...policy, resyncWindow } };
    const policyId = `${this.vaultId}/replicationPolicies/policy`;
    await this.ask('PUT', policyId, { properties });
    await eventually(async () => JSON.stringify(await this.ask('GET', policyId)).includes(resyncWindow));
  }

  async map(container: string, targetProtectionContainerId: string): Promise<void> {
    await this.client.replicationProtectionContainerMappings.beginCreateAndWait(
      this.vault,
      group,
      this.fabric,
      container,
      'mapping',
      {
        properties: {
          targetProtectionContainerId,
          policyId: `${this.vaultId}/replicationPolicies/policy`,
          providerSpecificInput: { instanceType: this.options.instanceType as 'A2A' },
        },
      },
      quick,
    );
  }

  /** A raw request, signed in as the owner. */
  async ask(method: string, path: string, body?: object): Promise<{ status: number; body: unknown }> {
    const token = await this.credential.getToken(`${this.endpoint}/.default`);
    const response = await fetch(`${this.endpoint}${path}?api-version=2025-08-01`, {
      method,
      headers: { authorization: `Bearer ${token.token}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, body: text === '' ? undefined : JSON.parse(text) };
  }

  token(): Promise<string> {
    return this.tokenOf(this.fabricId);
  }

  /** What an agent registers with in a fabric of the vault. */
  async tokenOf(fabricId: string): Promise<string> {
    const answer = await this.ask('POST', `${fabricId}/createRegistrationToken`, {});
    return (answer.body as { token: string }).token;
  }

  /** A machine with disks of 4 MiB, half of them random, and an agent beside it that has reported. */
  async machine(options: MachineOptions = {}): Promise<SiteMachine> {
    const { name = 'web', disks = [sampleDisk()], sealIntervalInMs } = options;
    const machine = await SiteMachine.start({
      ...{ name, disks, sealIntervalInMs, arguments: agentArguments(options) },
      machineId: options.machineId ?? `${name}-${randomUUID()}`,
      folder: join(this.#folder, randomUUID()),
      url: this.endpoint,
      token: await this.token(),
      certificateAuthorityFile: this.stack.facts['authority.file'] ?? '',
    });
    this.#machines.push(machine);
    return machine;
  }

  /** The machine as the API lists it, once its agent has reported. */
  async protectableItemId(name: string): Promise<string> {
    return eventually(async () => {
      const pages = this.client.replicationProtectableItems.listByReplicationProtectionContainers(
        this.vault,
        group,
        this.fabric,
        this.container,
      );
      for await (const { id, properties } of pages) if (properties?.friendlyName === name) return id;
      return undefined;
    });
  }

  /** Enables protection and waits for the job; the first copy goes on after it. */
  async enable(item: string, machineName: string, details: object = {}): Promise<ReplicationProtectedItem> {
    return this.client.replicationProtectedItems.beginCreateAndWait(
      this.vault,
      group,
      this.fabric,
      this.container,
      item,
      {
        properties: {
          policyId: `${this.vaultId}/replicationPolicies/policy`,
          ...(this.options.fabricKind === 'Azure'
            ? {}
            : { protectableItemId: await this.protectableItemId(machineName) }),
          providerSpecificDetails: { instanceType: this.options.instanceType, ...details } as never,
        },
      },
      quick,
    );
  }

  item(name: string): Promise<ReplicationProtectedItem> {
    return this.client.replicationProtectedItems.get(this.vault, group, this.fabric, this.container, name);
  }

  /** The item, once its protection state is this. */
  async reaches(name: string, state: string, boundInMs = 120_000): Promise<ReplicationProtectedItem> {
    return eventually(async () => {
      const item = await this.item(name);
      return item.properties?.protectionState === state ? item : undefined;
    }, boundInMs);
  }

  async protect(item: string, machineName: string, details: object = {}): Promise<ReplicationProtectedItem> {
    await this.enable(item, machineName, details);
    return this.reaches(item, 'Protected');
  }

  async disable(item: string): Promise<void> {
    await this.client.replicationProtectedItems.beginDeleteAndWait(
      this.vault,
      group,
      this.fabric,
      this.container,
      item,
      { properties: { disableProtectionReason: 'NotSpecified', replicationProviderInput: {} as never } },
      quick,
    );
  }

  async points(item: string): Promise<{ name: string; timeInMs: number }[]> {
    const found: { name: string; timeInMs: number }[] = [];
    const pages = this.client.recoveryPoints.listByReplicationProtectedItems(
      this.vault,
      group,
      this.fabric,
      this.container,
      item,
    );
    for await (const { name, properties } of pages) {
      found.push({ name: name ?? '', timeInMs: properties?.recoveryPointTime?.getTime() ?? 0 });
    }
    return found;
  }

  /** Jobs of the vault, the newest first, by Site Recovery's names. */
  async jobs(): Promise<{ name: string; scenarioName: string; state: string }[]> {
    const found = [];
    for await (const { name = '', properties } of this.client.replicationJobs.list(this.vault, group)) {
      found.push({
        name,
        scenarioName: properties?.scenarioName ?? '',
        state: properties?.state ?? '',
      });
    }
    return found;
  }

  /** The newest point that was cut after this moment. */
  async pointAfter(item: string, timeInMs: number, boundInMs = 120_000): Promise<string> {
    return eventually(async () => {
      const points = await this.points(item);
      return points.filter((point) => point.timeInMs > timeInMs).at(-1)?.name;
    }, boundInMs);
  }

  async close(): Promise<void> {
    await Promise.all(this.#machines.map((machine) => machine.stop()));
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
