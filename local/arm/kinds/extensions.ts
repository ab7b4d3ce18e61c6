import { findResource } from '../data/resources';
import { conflict, notFound } from '../failure';
import { carried } from './carried';
import type { Kind } from './kind';
import { machineInner } from './machine-properties';

/** Programs that a machine's guest agent would install. What they are protected with is never shown again. */
export const extensions: Kind = {
  type: 'Microsoft.Compute/virtualMachines/extensions',
  isLong: false,
  put(call) {
    const machineId = call.id.split('/').slice(0, -2).join('/');
    const machine = findResource(call.database, machineId);
    if (machine === undefined) throw notFound(machineId);
    if (machineInner(machine).power !== 'running') {
      throw conflict('OperationNotAllowed', 'Cannot modify extensions in the VM when the VM is not running.');
    }
    const { protectedSettings: _, ...properties } = call.body.properties ?? {};
    return carried(call, this.type, properties);
  },
};
