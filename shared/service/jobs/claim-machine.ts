import { z } from 'zod';
import { isRefusal, LifeboatError } from '../../errors';
import { isSameResource } from '../../model/resource-id';
import type { RecordKey, Records } from '../../ports/records';
import { uuidOf } from '../agents/agent-records';
import { readResource } from '../catalogue/resources';

const Claim = z.object({ itemId: z.string(), atInMs: z.number() });

/** An item that is not there this long after its claim will not come any more. */
const birthInMs = 10_000;

export interface MachineClaim {
  readonly vaultId: string;
  /** The platform's id of a machine that no agent had to report first. */
  readonly machineId: string;
  readonly itemId: string;
  readonly atInMs: number;
}

/**
 * Keeps a machine for one item of its vault, in whichever container. A claim holds as long as its item protects the
 * machine, so nobody has to give it back. Refuses with `ResourceInUse`.
 */
export async function claimMachine(records: Records, claim: MachineClaim): Promise<void> {
  const key: RecordKey = {
    partition: `claims/${claim.vaultId.toLowerCase()}`,
    id: uuidOf(claim.machineId.toLowerCase()),
  };
  const body = { itemId: claim.itemId, atInMs: claim.atInMs };
  for (;;) {
    const stored = await records.get(key);
    try {
      if (stored === undefined) await records.create(key, body);
      else {
        await expectFree(records, claim, Claim.parse(stored.body));
        await records.replace(key, body, stored.etag);
      }
      return;
    } catch (error) {
      const isLost = isRefusal(error, 'Conflict') || isRefusal(error, 'PreconditionFailed');
      if (!isLost) throw error;
    }
  }
}

async function expectFree(
  records: Records,
  claim: MachineClaim,
  { itemId, atInMs }: z.infer<typeof Claim>,
): Promise<void> {
  if (isSameResource(itemId, claim.itemId)) return;
  const holder = (await readResource(records, itemId))?.resource.properties['sourceMachineId'];
  const isHeld = typeof holder === 'string' && holder.toLowerCase() === claim.machineId.toLowerCase();
  const isBeingBorn = holder === undefined && claim.atInMs - atInMs < birthInMs;
  if (!isHeld && !isBeingBorn) return;
  throw new LifeboatError('ResourceInUse', `The machine is protected already, as "${itemId}".`, {
    target: itemId,
  });
}
