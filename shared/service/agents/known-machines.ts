import { KnownMachine } from '../../contracts/agents/known-machine';
import { Fabric } from '../../contracts/catalogue/site';
import type { RecordKey, Records } from '../../ports/records';
import { readResource } from '../catalogue/resources';
import { uuidOf } from './agent-records';

/** A fabric's machines, each by its platform's own id. */
export function machineKey(fabricInternalId: string, machineId: string): RecordKey {
  return { partition: `machines/${fabricInternalId}`, id: uuidOf(machineId.toLowerCase()) };
}

/** The machine of this id, if an agent of the fabric reads its disks. */
export async function findMachine(
  records: Records,
  fabricId: string,
  machineId: string,
): Promise<KnownMachine | undefined> {
  const internalId = await internalIdOf(records, fabricId);
  if (internalId === undefined) return undefined;
  const stored = await records.get(machineKey(internalId, machineId));
  const known = stored === undefined ? undefined : KnownMachine.parse(stored.body);
  return known?.machine.isHosted === true ? undefined : known;
}

/** The virtual machine of this name at a site, or at one host of it, if an agent speaks for one: what a machine can come back as. */
export async function findVirtualMachine(
  records: Records,
  fabricId: string,
  {
    name,
    otherThan,
    providerId,
  }: { readonly name: string; readonly otherThan?: string | undefined; readonly providerId?: string },
): Promise<KnownMachine | undefined> {
  const partition = `machines/${(await internalIdOf(records, fabricId)) ?? ''}`;
  for (let continuation: string | undefined; ;) {
    const page = await records.list(partition, { limit: 500, ...(continuation && { continuation }) });
    for (const { body } of page.records) {
      const known = KnownMachine.parse(body);
      const { machineId, isPhysical = false, isHosted = false } = known.machine;
      const isIts = known.machine.name.toLowerCase() === name.toLowerCase();
      const isThere = providerId === undefined || known.providerId.toLowerCase() === providerId.toLowerCase();
      if (isIts && isThere && !isPhysical && !isHosted && machineId !== otherThan) return known;
    }
    continuation = page.continuation;
    if (continuation === undefined) return undefined;
  }
}

async function internalIdOf(records: Records, fabricId: string): Promise<string | undefined> {
  const fabric = await readResource(records, fabricId);
  return fabric === undefined ? undefined : Fabric.parse(fabric.resource.properties).internalId;
}
