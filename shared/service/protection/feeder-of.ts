import { z } from 'zod';
import type { KnownMachine } from '../../contracts/agents/known-machine';
import type { ProtectedItem } from '../../contracts/catalogue/protected-item';
import type { Records } from '../../ports/records';
import { findMachine } from '../agents/known-machines';
import { readResource } from '../catalogue/resources';
import { fabricIdOf } from './item-records';

const Named = z.looseObject({ machineId: z.string() });

/** The machine that an item protects, with the agent that speaks for it now; undefined while none does. */
export async function feederOf(
  records: Records,
  itemId: string,
  item: ProtectedItem,
): Promise<KnownMachine | undefined> {
  const machineId = await machineIdOf(records, item);
  if (machineId === undefined) return undefined;
  const known = await findMachine(records, fabricIdOf(itemId), machineId);
  if (known !== undefined || item.keeperId === undefined) return known;
  // Between two sites the direction turns, and the item stays where it is.
  return findMachine(records, item.recoveryFabricId ?? '', machineId);
}

async function machineIdOf(records: Records, item: ProtectedItem): Promise<string | undefined> {
  if (item.protectableItemId === undefined) return item.sourceMachineId;
  const machine = await readResource(records, item.protectableItemId);
  return Named.safeParse(machine?.resource.properties).data?.machineId ?? item.sourceMachineId;
}
