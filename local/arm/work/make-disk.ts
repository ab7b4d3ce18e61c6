import type { Backing } from '../disks/shelf';
import { findResource, mustFind, putResource } from '../data/resources';
import type { Resource } from '../data/resource';
import { creationOf, diskInner, standing } from '../kinds/disks';
import { Failure } from '../failure';
import type { Cloud } from './cloud';

/** Gives a new disk what it stands on. Begun again after a crash, it ends the same. */
export async function makeDisk(cloud: Cloud, resource: Resource): Promise<void> {
  const { disk, backing: before } = diskInner(resource);
  const backing = before ?? (await backingFor(cloud, resource, disk));
  await cloud.store.write((database) => {
    const now = findResource(database, resource.id);
    if (now !== undefined) putResource(database, standing(now, backing));
  });
}

async function backingFor(cloud: Cloud, resource: Resource, disk: string): Promise<Backing> {
  const { shelf, store } = cloud;
  const { creationData, diskSizeGB } = creationOf(resource);
  if (creationData.localFile !== undefined) return shelf.adopt(creationData.localFile);
  switch (creationData.createOption) {
    case 'Empty':
      return shelf.makeEmpty(disk, (diskSizeGB ?? 1) * 1024 ** 3);
    case 'Import':
      return shelf.importBlob(creationData.sourceUri ?? '');
    case 'Copy': {
      const source = store.read((database) => mustFind(database, creationData.sourceResourceId ?? ''));
      const { disk: from, backing } = diskInner(source);
      if (backing === undefined) throw new Failure(409, 'OperationNotAllowed', `${source.id} is not ready.`);
      return shelf.copy(from, backing, disk);
    }
  }
}
