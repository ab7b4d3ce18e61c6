import { readFileSync } from 'node:fs';
import { ClientSecretCredential } from '@azure/identity';
import { z } from 'zod';
import type { Compute } from '../../../shared/azure/compute/arm-compute';
import { readSettings } from '../../../shared/settings';
import { wireCompute } from '../../../shared/wiring/compute';
import { NbdClient } from '../nbd-client';
import { subscription } from '../protection/site';
import type { Stack } from '../stack';

const Attached = z.object({ sizeBytes: z.number(), path: z.string().optional(), url: z.string().optional() });

export const targetGroup = `/subscriptions/${subscription}/resourceGroups/there`;

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
  async network(name = 'lan'): Promise<string> {
    const owner = { vaultId: 'test', itemId: 'test', jobId: 'test' };
    const place = { resourceGroupId: targetGroup, location: 'westeurope' };
    await this.compute.places.ensureGroup(place, owner);
    return this.compute.places.ensureNetwork({
      ...{ owner, place, name, addressSpace: ['10.0.0.0/16'] },
      subnets: [{ name: 'a', range: '10.0.0.0/24' }],
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

  async administer(method: 'PUT' | 'POST', what: string, body: object): Promise<unknown> {
    const endpoint = this.stack.facts['arm.endpoint'] ?? '';
    const { token } = await this.#credential.getToken(`${endpoint}/.default`);
    const response = await fetch(`${endpoint}/_admin/${what}`, {
      method,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    const text = await response.text();
    if (response.status >= 300) throw new Error(`${what}: ${response.status} ${text}`);
    return text === '' ? undefined : JSON.parse(text);
  }
}
