import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { ClientSecretCredential } from '@azure/identity';
import { z } from 'zod';
import type { Compute } from '../../../shared/azure/compute/arm-compute';
import type { ReplicaDisks } from '../../../shared/ports/replica-disks';
import { readSettings } from '../../../shared/settings';
import { wireCompute } from '../../../shared/wiring/compute';
import { eventually } from '../eventually';
import { NbdClient } from '../nbd-client';
import { subscription } from '../protection/site';
import type { Stack } from '../stack';

const Shown = z.looseObject({ location: z.string().optional(), properties: z.looseObject({}).optional() });
const Attached = z.object({ sizeBytes: z.number(), path: z.string().optional(), url: z.string().optional() });

export const targetGroup = `/subscriptions/${subscription}/resourceGroups/there`;

const targetPlace = { resourceGroupId: targetGroup, location: 'westeurope' };
const owner = { vaultId: 'test', itemId: 'test', jobId: 'test' };

/** The local double of the target cloud, as a test looks at it and sets it up. */
export class TargetCloud {
  readonly compute: Compute;
  readonly #credential: ClientSecretCredential;

  constructor(private readonly stack: Stack) {
    const { environment } = stack;
    this.#credential = new ClientSecretCredential(
      environment['AZURE_TENANT_ID'] ?? '',
      environment['AZURE_CLIENT_ID'] ?? '',
      environment['AZURE_CLIENT_SECRET'] ?? '',
      { authorityHost: environment['AZURE_AUTHORITY_HOST'] ?? '', disableInstanceDiscovery: true },
    );
    this.compute = wireCompute(readSettings(environment), this.#credential);
  }

  /** A group with a network to recover to. */
  async network(name = 'lan', place = targetPlace): Promise<string> {
    await this.compute.places.ensureGroup(place, owner);
    return this.compute.places.ensureNetwork({
      ...{ owner, place, name, addressSpace: ['10.0.0.0/16'] },
      subnets: [{ name: 'a', range: '10.0.0.0/24' }],
    });
  }

  /** A machine that runs in the cloud already, in the group `here`; its id. */
  async source(name: string, replicaDisks: ReplicaDisks, contents: readonly Buffer[]): Promise<string> {
    const place = { ...targetPlace, resourceGroupId: `/subscriptions/${subscription}/resourceGroups/here` };
    const networkId = await this.network('lan-here', place);
    const diskIds: string[] = [];
    for (const [index, data] of contents.entries()) {
      const replicaId = randomUUID();
      const replica = await replicaDisks.create(replicaId, data.length);
      await replica.raise(1);
      await replica.write({ kind: 'data', offsetBytes: 0, lengthBytes: data.length, data }, 1);
      await replica.raise(2);
      const { id } = await this.compute.machines.makeDisk({
        ...{ owner, place, replicaId, name: `${name}-${index}`, sizeBytes: data.length },
        isOperatingSystem: index === 0,
      });
      diskIds.push(id);
    }
    return this.compute.machines.makeMachine({
      ...{ owner, place, name, diskIds, size: 'Standard_B2s', nics: [{ networkId }] },
    });
  }

  /** The disk of a machine as the machine sees it now. */
  async content(diskId: string): Promise<Buffer> {
    const { sizeBytes, path, url } = Attached.parse(await this.administer('POST', 'attach', { id: diskId }));
    if (path !== undefined) return readFileSync(path);
    const { hostname, port, pathname } = new URL(url ?? '');
    const client = await NbdClient.connect({ host: hostname, port: Number(port) }, pathname.slice(1));
    try {
      return await client.read(0, sizeBytes);
    } finally {
      client.close();
    }
  }

  /** A resource as the cloud shows it to its clients; undefined if it is not there. */
  async read(id: string, version = '2024-07-01'): Promise<z.infer<typeof Shown> | undefined> {
    const response = await this.#ask('GET', `${id}?api-version=${version}`);
    return response.status === 404 ? undefined : Shown.parse(await response.json());
  }

  /** Somebody removes a network, by the cloud's own means. */
  async removeNetwork(id: string): Promise<void> {
    const { status } = await this.#ask('DELETE', `${id}?api-version=2024-05-01`);
    if (status >= 300) throw new Error(`${id} stays: ${status}`);
    await eventually(async () => (await this.compute.catalog.network(id)) === undefined);
  }

  async administer(method: 'PUT' | 'POST', what: string, body: object): Promise<unknown> {
    const response = await this.#ask(method, `/_admin/${what}`, body);
    const text = await response.text();
    if (response.status >= 300) throw new Error(`${what}: ${response.status} ${text}`);
    return text === '' ? undefined : JSON.parse(text);
  }

  async #ask(method: string, path: string, body?: object): Promise<Response> {
    const endpoint = this.stack.facts['arm.endpoint'] ?? '';
    const { token } = await this.#credential.getToken(`${endpoint}/.default`);
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
    return fetch(`${endpoint}${path}`, {
      ...{ method, headers },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  }
}
