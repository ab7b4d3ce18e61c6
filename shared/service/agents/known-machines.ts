import { KnownMachine } from '../../contracts/agents/known-machine';
import { Fabric } from '../../contracts/catalogue/site';
import type { RecordKey, Records } from '../../ports/records';
import { readResource } from '../catalogue/resources';
import { uuidOf } from './agent-records';

/** A fabric's machines, each by its platform's own id. */
export function machineKey(fabricInternalId: string, machineId: string): RecordKey {
  return { partition: `machines/${fabricInternalId}`, id: uuidOf(machineId.toLowerCase()) };
}

/** The machine of this id, if an agent of the fabric speaks for it. */
export async function findMachine(
  records: Records,
  fabricId: string,
  machineId: string,
): Promise<KnownMachine | undefined> {
  const fabric = await readResource(records, fabricId);
  if (fabric === undefined) return undefined;
  const { internalId } = Fabric.parse(fabric.resource.properties);
  const stored = await records.get(machineKey(internalId, machineId));
  return stored === undefined ? undefined : KnownMachine.parse(stored.body);
}
