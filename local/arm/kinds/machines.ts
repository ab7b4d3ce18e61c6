import type { Database } from '../../store';
import { isTaken, type Resource } from '../data/resource';
import { findResource, listResources, putResource } from '../data/resources';
import { badRequest, conflict, missingReference } from '../failure';
import { carried } from './carried';
import { parseProperties, Reference } from './fields';
import type { Kind, PutCall } from './kind';
import { bindInterface } from './network-interfaces';
import { disksOf, machineProperties, MachineProperties, machineType } from './machine-properties';
import { checkQuota } from './quotas';

export const machines: Kind = {
  type: machineType,
  isLong: true,
  put(call) {
    const { database, id, existing, uuid, nowInMs } = call;
    const properties = parseProperties(MachineProperties, call.body.properties);
    checkQuota(database, {
      id,
      size: properties.hardwareProfile.vmSize,
      location: call.body.location ?? existing?.location ?? '',
    });
    const set = properties.availabilitySet?.id;
    if (set !== undefined && !findResource(database, set)) throw missingReference(set, id);
    if (set !== undefined && call.body.zones?.length) {
      throw badRequest('BadRequest', 'A virtual machine cannot be in an availability set and in a zone.');
    }
    detach(database, existing);
    attachDisks(call, properties);
    attachInterfaces(call, properties);
    const made = carried(call, machineType, {
      ...properties,
      vmId: existing?.properties['vmId'] ?? uuid(),
      timeCreated: existing?.properties['timeCreated'] ?? new Date(nowInMs).toISOString(),
    });
    return { ...made, inner: existing?.inner ?? { power: 'running' } };
  },
  removed(database, machine) {
    detach(database, machine);
    for (const { id } of listResources(database, machine.id))
      database.run('DELETE FROM resources WHERE key = ?', id.toLowerCase());
  },
};

function attachDisks({ database, id }: PutCall, properties: MachineProperties): void {
  for (const diskId of disksOf(properties)) {
    const disk = findResource(database, diskId);
    if (disk === undefined) throw missingReference(diskId, id);
    if (typeof disk['managedBy'] === 'string' && !isTaken(disk['managedBy'], id)) {
      throw conflict(
        'ConflictingUserInput',
        `Disk '${disk.name}' cannot be attached as the disk is already owned by VM '${disk['managedBy']}'.`,
      );
    }
    if (disk.properties['provisioningState'] !== 'Succeeded') {
      throw conflict('OperationNotAllowed', `Disk '${disk.name}' is not ready.`);
    }
    putResource(database, {
      ...disk,
      managedBy: id,
      properties: { ...disk.properties, diskState: 'Attached' },
    });
  }
}

function attachInterfaces({ database, id }: PutCall, { networkProfile }: MachineProperties): void {
  for (const { id: nicId } of networkProfile.networkInterfaces) {
    const nic = findResource(database, nicId);
    if (nic === undefined) throw missingReference(nicId, id);
    const other = Reference.safeParse(nic.properties['virtualMachine']);
    if (other.success && !isTaken(other.data.id, id)) {
      throw badRequest(
        'NicInUse',
        `Network Interface ${nicId} is used by existing resource ${other.data.id}.`,
      );
    }
    bindInterface(database, nicId, id);
  }
}

function detach(database: Database, machine: Resource | undefined): void {
  if (machine === undefined) return;
  const properties = machineProperties(machine);
  for (const diskId of disksOf(properties)) {
    const disk = findResource(database, diskId);
    if (disk === undefined || !isTaken(disk['managedBy'], machine.id)) continue;
    const { managedBy: _, ...rest } = disk;
    putResource(database, {
      ...rest,
      properties: { ...disk.properties, diskState: 'Unattached' },
    });
  }
  for (const { id } of properties.networkProfile.networkInterfaces) bindInterface(database, id, undefined);
}
