import { ClientSecretCredential } from '@azure/identity';
import { randomUUID } from 'node:crypto';
import { blobService } from '../../../shared/azure/blob-service';
import { PageBlobReplicaDisks } from '../../../shared/azure/page-blob-replica-disks';
import { isRefusal } from '../../../shared/errors';
import { readSettings } from '../../../shared/settings';
import { systemClock } from '../../../shared/system/system-clock';
import { wireCompute } from '../../../shared/wiring/compute';
import { eventually } from '../../support/eventually';
import { startStack, type Stack } from '../../support/stack';

const subscription = '6c696665-626f-4174-8000-0000000000f0';

describe('Resource Manager of the local cloud', () => {
  let stack: Stack;

  beforeAll(async () => {
    stack = await startStack({ parts: ['identity', 'target', 'arm'] });
  });
  afterAll(() => stack.stop());

  it('makes a machine of a replica blob by the settings and the identity of the app, though it dies half way', async () => {
    const { environment } = stack;
    const settings = readSettings(environment);
    const credential = new ClientSecretCredential(
      environment['AZURE_TENANT_ID'] ?? '',
      environment['AZURE_CLIENT_ID'] ?? '',
      environment['AZURE_CLIENT_SECRET'] ?? '',
      { authorityHost: environment['AZURE_AUTHORITY_HOST'] ?? '', disableInstanceDiscovery: true },
    );
    const replicas = new PageBlobReplicaDisks(
      blobService(settings.TARGET_BLOB_ENDPOINT, credential),
      systemClock,
    );
    const replicaId = randomUUID();
    const replica = await replicas.create(replicaId, 1024 * 1024);
    await replica.raise(1);
    const data = Buffer.alloc(4096, 'lifeboat');
    await replica.write({ kind: 'data', offsetBytes: 8192, lengthBytes: 4096, data }, 1);
    await stack.save();

    const { machines, places } = wireCompute(settings, credential);
    const owner = { vaultId: `/subscriptions/${subscription}/vaults/v`, itemId: 'item', jobId: randomUUID() };
    const place = {
      resourceGroupId: `/subscriptions/${subscription}/resourceGroups/dr`,
      location: 'westeurope',
    };
    await places.ensureGroup(place, owner);
    const disk = await machines.makeDisk({
      ...{ owner, place, name: 'os', replicaId, sizeBytes: 1024 * 1024, isOperatingSystem: true },
    });
    const request = { owner, place, name: 'machine', size: 'Standard_B2s', diskIds: [disk.id], nics: [] };
    const { token } = await credential.getToken(`${settings.ARM_ENDPOINT}/.default`);
    await fetch(`${settings.ARM_ENDPOINT}/_admin/faults`, {
      method: 'PUT',
      headers: { authorization: `Bearer ${token}` },
      body: JSON.stringify([{ operation: 'PUT Microsoft.Compute/virtualMachines', kind: 'die' }]),
    });
    const before = stack.pid('arm');
    const machineId = await eventually(() =>
      machines.makeMachine(request).catch((error: unknown) => {
        if (!isRefusal(error, 'TargetUnavailable')) throw error;
        return undefined;
      }),
    );
    expect(stack.pid('arm')).not.toBe(before);
    await stack.kill('arm');
    const look = await machines.look(machineId);
    expect(look).toMatchObject({
      power: 'running',
      machine: { disks: [{ id: disk.id, sizeBytes: 1024 * 1024 }] },
    });
    expect(look?.boot).not.toBe('booted');
    expect(await machines.remove(owner)).toEqual([]);
  });

  it('takes nobody without a token of the issuer', async () => {
    const url = `${stack.facts['arm.endpoint'] ?? ''}/subscriptions/${subscription}/resourcegroups?api-version=2021-04-01`;
    expect((await fetch(url)).status).toBe(401);
    expect((await fetch(url, { headers: { authorization: 'Bearer made.up.token' } })).status).toBe(401);
  });
});
