import { readFileSync } from 'node:fs';
import { RestError } from '@azure/core-rest-pipeline';
import { ResourceManagementClient } from '@azure/arm-resources';
import type { ClientSecretCredential } from '@azure/identity';
import { z } from 'zod';
import { NbdClient } from '../bench/support/nbd-client';
import { groupIdOf, networkIdOf, type Region, subscription } from './regions';

const stepBytes = 4 * 1024 * 1024;
const quick = { updateIntervalInMs: 50 };
const Machine = z.looseObject({
  storageProfile: z.looseObject({
    osDisk: z.looseObject({ managedDisk: z.looseObject({ id: z.string() }) }),
  }),
});
const Attached = z.object({ sizeBytes: z.number(), path: z.string().optional(), url: z.string().optional() });

interface MachineDisk {
  readonly region: Region;
  readonly name: string;
  /** The raw file that the machine's only disk is. */
  readonly diskPath: string;
}

/** What the story has in Azure besides the vault, made and watched through Azure's own client. */
export class Azure {
  readonly #client: ResourceManagementClient;

  constructor(
    private readonly endpoint: string,
    private readonly credential: ClientSecretCredential,
  ) {
    this.#client = new ResourceManagementClient(credential, subscription, {
      endpoint,
      credentialScopes: `${endpoint}/.default`,
    });
  }

  /** A resource group with a network. */
  async makeRegion(region: Region): Promise<void> {
    const { location, resourceGroup } = region;
    await this.#client.resourceGroups.createOrUpdate(resourceGroup, { location });
    await this.#put(networkIdOf(region), '2024-05-01', {
      location,
      properties: {
        addressSpace: { addressPrefixes: ['10.0.0.0/16'] },
        subnets: [{ name: 'default', properties: { addressPrefix: '10.0.0.0/24' } }],
      },
    });
  }

  /** The machine that is to be protected; its id. */
  async makeMachine({ region, name, diskPath }: MachineDisk): Promise<string> {
    const { location } = region;
    const at = (type: string, what: string): string => `${groupIdOf(region)}/providers/${type}/${what}`;
    const card = at('Microsoft.Network/networkInterfaces', `${name}-nic`);
    const disk = at('Microsoft.Compute/disks', `${name}-os`);
    const machine = at('Microsoft.Compute/virtualMachines', name);
    const subnet = { id: `${networkIdOf(region)}/subnets/default` };
    await this.#put(card, '2024-05-01', {
      location,
      properties: { ipConfigurations: [{ name: 'main', properties: { subnet } }] },
    });
    await this.#put(disk, '2024-03-02', {
      location,
      properties: {
        osType: 'Linux',
        diskSizeGB: 1,
        creationData: { createOption: 'Empty', localFile: diskPath },
      },
    });
    await this.#put(machine, '2024-11-01', {
      location,
      properties: {
        hardwareProfile: { vmSize: 'Standard_B2s' },
        storageProfile: { osDisk: { createOption: 'Attach', osType: 'Linux', managedDisk: { id: disk } } },
        networkProfile: { networkInterfaces: [{ id: card }] },
      },
    });
    return machine;
  }

  /** Every byte of a machine's disk, as the machine sees it now. */
  async contentOf(machineId: string): Promise<Buffer> {
    const { properties } = await this.#client.resources.getById(machineId, '2024-11-01');
    const { id } = Machine.parse(properties).storageProfile.osDisk.managedDisk;
    const { sizeBytes, path, url } = await this.#attach(id);
    if (path !== undefined) return readFileSync(path);
    const { hostname, port, pathname } = new URL(url ?? '');
    const client = await NbdClient.connect({ host: hostname, port: Number(port) }, pathname.slice(1));
    try {
      const parts: Buffer[] = [];
      for (let at = 0; at < sizeBytes; at += stepBytes) {
        parts.push(await client.read(at, Math.min(stepBytes, sizeBytes - at)));
      }
      return Buffer.concat(parts);
    } finally {
      client.close();
    }
  }

  async isThere(id: string): Promise<boolean> {
    try {
      await this.#client.resources.getById(id, '2024-11-01');
      return true;
    } catch (error) {
      if (error instanceof RestError && error.statusCode === 404) return false;
      throw error;
    }
  }

  async #put(id: string, apiVersion: string, body: object): Promise<void> {
    await this.#client.resources.beginCreateOrUpdateByIdAndWait(id, apiVersion, body, quick);
  }

  /** The one thing that is not Azure's: how a disk of the local double can be looked at. */
  async #attach(id: string): Promise<z.infer<typeof Attached>> {
    const { token } = await this.credential.getToken(`${this.endpoint}/.default`);
    const response = await fetch(`${this.endpoint}/_admin/attach`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ id }),
    });
    return Attached.parse(await response.json());
  }
}
