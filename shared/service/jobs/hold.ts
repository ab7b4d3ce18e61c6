import { DeletedItem } from '../../contracts/catalogue/deleted-item';
import { ItemHold, ProtectedItem } from '../../contracts/catalogue/protected-item';
import { RecoveryPlan } from '../../contracts/catalogue/recovery-plan';
import { LifeboatError } from '../../errors';
import { judge, type Verdict } from '../../model/scenarios/allowed';
import { scenarios } from '../../model/scenarios';
import type { Verb } from '../../model/scenarios/scenario';
import type { Records } from '../../ports/records';
import { changeResource, type StoredResource } from '../catalogue/resources';
import { hasEnded, type JobLedger } from './job-ledger';

/** Takes a protected item for a job, or refuses: of two callers at once, one gets it. Safe to repeat for the same job. */
export async function holdItem(
  { records, ledger }: { records: Records; ledger: JobLedger },
  { itemId, vaultId, hold, verb }: { itemId: string; vaultId: string; hold: ItemHold; verb: Verb },
): Promise<ProtectedItem> {
  const stale = await staleHolder(ledger, vaultId, await holderOf(records, itemId));
  const stored = await changeResource(records, itemId, (current) => {
    const item = ProtectedItem.parse(current.properties);
    if (item.hold?.jobId === hold.jobId) return undefined;
    const busy = item.hold !== undefined && item.hold.jobId !== stale;
    const verdict = judge(
      scenarios[item.scenario],
      { state: item.state, busy, resyncRequired: item.resyncRequired },
      verb,
    );
    if (!verdict.allowed) throw refusalOf(verdict, itemId);
    return { ...current, properties: { ...item, hold } };
  });
  return ProtectedItem.parse(stored.resource.properties);
}

/** Takes a recovery plan for a job. */
export async function holdPlan(
  { records, ledger }: { records: Records; ledger: JobLedger },
  { planId, vaultId, hold }: { planId: string; vaultId: string; hold: ItemHold },
): Promise<StoredResource> {
  const stale = await staleHolder(ledger, vaultId, await holderOf(records, planId));
  return changeResource(records, planId, (current) => {
    const plan = RecoveryPlan.parse(current.properties);
    if (plan.hold?.jobId === hold.jobId) return undefined;
    if (plan.hold !== undefined && plan.hold.jobId !== stale) {
      throw new LifeboatError('ItemBusy', `Job ${plan.hold.jobId} is running on this recovery plan.`, {
        target: planId,
      });
    }
    return { ...current, properties: { ...plan, hold } };
  });
}

/** Takes a deleted item for a job. */
export async function holdDeleted(
  { records, ledger }: { records: Records; ledger: JobLedger },
  { deletedItemId, vaultId, hold }: { deletedItemId: string; vaultId: string; hold: ItemHold },
): Promise<DeletedItem> {
  const stale = await staleHolder(ledger, vaultId, await holderOf(records, deletedItemId));
  const stored = await changeResource(records, deletedItemId, (current) => {
    const deleted = DeletedItem.parse(current.properties);
    if (deleted.hold?.jobId === hold.jobId) return undefined;
    if (deleted.hold !== undefined && deleted.hold.jobId !== stale) {
      throw new LifeboatError('ItemBusy', `Job ${deleted.hold.jobId} is running on this deleted item.`, {
        target: deletedItemId,
      });
    }
    return { ...current, properties: { ...deleted, hold } };
  });
  return DeletedItem.parse(stored.resource.properties);
}

async function holderOf(records: Records, id: string): Promise<ItemHold | undefined> {
  const stored = await changeResource(records, id, () => undefined);
  return ItemHold.optional().catch(undefined).parse(stored.resource.properties['hold']);
}

/** The id of a job that ended, or never was, and still seems to hold something: a crash left it there. */
async function staleHolder(
  ledger: JobLedger,
  vaultId: string,
  hold: ItemHold | undefined,
): Promise<string | undefined> {
  if (hold === undefined) return undefined;
  const job = await ledger.find({ vaultId, jobId: hold.jobId });
  return job === undefined || hasEnded(job) ? hold.jobId : undefined;
}

const codes = { never: 'UnsupportedScenario', busy: 'ItemBusy', state: 'OperationNotAllowed' } as const;

function refusalOf(verdict: Extract<Verdict, { allowed: false }>, itemId: string): LifeboatError {
  return new LifeboatError(codes[verdict.because], verdict.reason, { target: itemId });
}
