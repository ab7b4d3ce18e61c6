import type { CatalogueChange, ControlJob } from '../../contracts/jobs/control-job';
import { isRefusal, LifeboatError } from '../../errors';
import type { Records } from '../../ports/records';
import { findHolder } from './references';
import { changeResource, everyResource, putResource, removeResource } from './resources';

/** What lies below each type and goes with it. */
const children: Readonly<Record<string, readonly string[]>> = {
  replicationFabrics: [
    'replicationProtectionContainers',
    'replicationProtectableItems',
    'replicationProtectionContainerMappings',
    'replicationProtectedItems',
    'replicationNetworks',
    'replicationNetworkMappings',
    'replicationLogicalNetworks',
    'replicationStorageClassifications',
    'replicationStorageClassificationMappings',
    'replicationRecoveryServicesProviders',
    'replicationvCenters',
  ],
  replicationProtectionContainers: [
    'replicationProtectableItems',
    'replicationProtectionContainerMappings',
    'replicationProtectedItems',
  ],
  replicationProtectedItems: ['recoveryPoints'],
};

/** Does what a control job was accepted for. Safe to repeat, after any part of it has been done. */
export async function applyChanges(records: Records, job: ControlJob): Promise<void> {
  for (const id of job.unreferred) {
    const holder = await findHolder(records, id);
    if (holder !== undefined) {
      throw new LifeboatError('ResourceInUse', `"${id}" is used by "${holder}".`, { target: holder });
    }
  }
  for (const change of job.changes) await applyChange(records, change);
}

async function applyChange(records: Records, change: CatalogueChange): Promise<void> {
  switch (change.change) {
    case 'put':
      await putResource(records, change.resource);
      return;
    case 'merge':
      await mergeProperties(records, change.id, change.properties);
      return;
    case 'remove':
      await removeTree(records, change.id);
  }
}

async function mergeProperties(
  records: Records,
  id: string,
  properties: Record<string, unknown>,
): Promise<void> {
  try {
    await changeResource(records, id, (current) => ({
      ...current,
      properties: { ...current.properties, ...properties },
    }));
  } catch (error) {
    if (!isRefusal(error, 'NotFound')) throw error;
  }
}

/** Removes a resource and everything in it, the innermost first. Safe to repeat. */
export async function removeTree(records: Records, id: string): Promise<void> {
  const type = id.split('/').at(-2) ?? '';
  const own = Object.entries(children).find(([name]) => name.toLowerCase() === type.toLowerCase())?.[1] ?? [];
  for (const child of own) {
    for await (const { resource } of everyResource(records, id, child))
      await removeResource(records, resource.id);
  }
  await removeResource(records, id);
}
