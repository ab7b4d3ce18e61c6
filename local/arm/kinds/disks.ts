import { z } from 'zod';
import type { Backing } from '../disks/shelf';
import { groupOf, type Resource } from '../data/resource';
import { findResource } from '../data/resources';
import { badRequest, conflict, missingReference, notFound } from '../failure';
import { carried } from './carried';
import { parseProperties } from './fields';
import type { Kind } from './kind';

const Properties = z.looseObject({
  osType: z.string().nullish(),
  diskSizeGB: z.int().positive().nullish(),
  creationData: z.looseObject({
    createOption: z.enum(['Import', 'Empty', 'Copy']),
    sourceUri: z.string().optional(),
    storageAccountId: z.string().optional(),
    sourceResourceId: z.string().optional(),
    /** Not of Azure: a raw file of this machine, for source machines of tests. Taken by the administration alone. */
    localFile: z.string().optional(),
  }),
});
export type DiskProperties = z.infer<typeof Properties>;

/** What a disk stands on, and what its bytes are kept under. */
export interface DiskInner {
  readonly disk: string;
  readonly backing?: Backing;
}

const gigabyte = 1024 ** 3;

function diskKind(type: string): Kind {
  return {
    type,
    isLong: true,
    put(call) {
      const { database, id, existing, uuid, nowInMs } = call;
      const properties = parseProperties(Properties, call.body.properties);
      if (!findResource(database, groupOf(id))) throw notFound(groupOf(id));
      const { createOption, sourceUri, storageAccountId, sourceResourceId } = properties.creationData;
      if (createOption === 'Import' && (sourceUri === undefined || storageAccountId === undefined)) {
        throw badRequest(
          'InvalidParameter',
          `An import needs 'creationData.sourceUri' and 'creationData.storageAccountId'.`,
        );
      }
      if (createOption === 'Empty' && !properties.diskSizeGB) {
        throw badRequest('InvalidParameter', `Required parameter 'diskSizeGB' is missing (null).`);
      }
      if (createOption === 'Copy' && !findResource(database, sourceResourceId ?? '')) {
        throw missingReference(sourceResourceId ?? '', id);
      }
      if (existing !== undefined) return changed(existing, carried(call, type, existing.properties));
      const made = carried(call, type, {
        ...properties,
        diskState: 'Unattached',
        uniqueId: uuid(),
        timeCreated: new Date(nowInMs).toISOString(),
      });
      return { ...made, inner: { disk: uuid() } };
    },
    checkRemoval(_, { id, name, managedBy }) {
      if (typeof managedBy !== 'string') return;
      throw conflict('OperationNotAllowed', `Disk ${name} is attached to VM ${managedBy}. (${id})`);
    },
  };
}

export const disks = diskKind('Microsoft.Compute/disks');
export const snapshots = diskKind('Microsoft.Compute/snapshots');

export function diskInner(disk: Resource): DiskInner {
  return disk.inner as unknown as DiskInner;
}

export function creationOf(disk: Resource): DiskProperties {
  return Properties.parse(disk.properties);
}

/** A disk that now stands on something. */
export function standing(disk: Resource, backing: Backing): Resource {
  const { sizeBytes } = backing;
  const diskSizeGB = Math.ceil(sizeBytes / gigabyte);
  return {
    ...disk,
    properties: { ...disk.properties, diskSizeGB, diskSizeBytes: sizeBytes, provisioningState: 'Succeeded' },
    inner: { ...disk.inner, backing },
  };
}

/** How it was made cannot be changed; asking for the same again changes nothing. */
function changed(existing: Resource, asked: Resource): Resource {
  const { managedBy } = existing;
  return { ...asked, ...(managedBy !== undefined && { managedBy }), properties: existing.properties };
}
