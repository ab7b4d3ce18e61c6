import { z } from 'zod';
import type { RecordKey, Records } from '../../ports/records';

/** What is to be looked at on a day: a deleted item, and the replicas whose shared points it pinned. */
const DueDate = z.object({ deletedItemId: z.string(), pinnedReplicaIds: z.array(z.uuid()) });
export type DueDate = z.infer<typeof DueDate>;

const partition = 'deleted-items-due';

/** All vaults in one partition, by time: what is not due costs nothing. */
function keyOf(dueAtInMs: number, deletedItemId: string): RecordKey {
  const name = deletedItemId.split('/').at(-1)?.toLowerCase() ?? '';
  return { partition, id: `${String(dueAtInMs).padStart(15, '0')}.${name}` };
}

/** Safe to repeat. */
export async function noteDue(records: Records, dueAtInMs: number, due: DueDate): Promise<void> {
  await records.put(keyOf(dueAtInMs, due.deletedItemId), due);
}

/** Safe to repeat. */
export async function forgetDue(records: Records, dueAtInMs: number, deletedItemId: string): Promise<void> {
  await records.remove(keyOf(dueAtInMs, deletedItemId));
}

/** Everything whose time has come, the oldest first. */
export async function* allDue(
  records: Records,
  nowInMs: number,
): AsyncGenerator<DueDate & { readonly dueAtInMs: number }> {
  for (let continuation: string | undefined; ;) {
    const page = await records.list(partition, { limit: 100, ...(continuation && { continuation }) });
    for (const { id, body } of page.records) {
      const dueAtInMs = Number(id.split('.')[0]);
      if (dueAtInMs > nowInMs) return;
      yield { ...DueDate.parse(body), dueAtInMs };
    }
    continuation = page.continuation;
    if (continuation === undefined) return;
  }
}
