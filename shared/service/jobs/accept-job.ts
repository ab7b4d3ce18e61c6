import { ProtectedItem, type ItemHold } from '../../contracts/catalogue/protected-item';
import type { Resource } from '../../contracts/catalogue/resource';
import type { DeletedItemOrchestration } from '../../contracts/jobs/deleted-item-jobs';
import type { JobRecord } from '../../contracts/jobs/record';
import { timeOrderedId } from '../../model/time-ordered-id';
import type { Verb } from '../../model/scenarios/scenario';
import { LifeboatError, isRefusal } from '../../errors';
import type { Clock } from '../../ports/clock';
import type { Ids } from '../../ports/ids';
import type { Jobs } from '../../ports/jobs';
import type { Log } from '../../ports/log';
import type { Records } from '../../ports/records';
import { changeResource, createResource, removeResource } from '../catalogue/resources';
import { claimMachine } from './claim-machine';
import { bornAgain } from '../deleted/deleted-records';
import { holdDeleted, holdItem, holdPlan } from './hold';
import { jobIdOf, jobLedger, type NewJob } from './job-ledger';

export interface JobOffice {
  readonly records: Records;
  readonly jobs: Jobs;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Log;
}

/** What a job takes for itself while it runs. */
export type Taking =
  | { readonly item: string; readonly verb: Verb }
  | { readonly plan: string; readonly verb: string }
  /** To be undeleted its item is born again, in the hold of the same job. */
  | { readonly deletedItem: string; readonly verb: DeletedItemOrchestration }
  /** A new item, born in the hold of its job. */
  | { readonly newItem: Resource; readonly verb: 'enableProtection' };

/** A new id for a job: ids sort by time. */
export function newJobId({ clock, ids }: Pick<JobOffice, 'clock' | 'ids'>): string {
  return timeOrderedId(clock.now(), ids.uuid());
}

/**
 * Writes a job down, takes what it works on, and starts it. In this order a crash loses nothing: a job that was written
 * down is started by whoever looks at it next, see `startIfForgotten`.
 */
export async function acceptJob(office: JobOffice, job: NewJob, taking?: Taking): Promise<JobRecord> {
  const ledger = jobLedger(office.records, office.clock);
  const record = await ledger.begin(job);
  try {
    if (taking !== undefined) await take(office, record, taking);
  } catch (refused) {
    await removeResource(office.records, jobIdOf(record));
    throw refused;
  }
  await startJob(office, record);
  return record;
}

/** Starts a job that was written down but, as far as anybody can see, never started. Safe to repeat. */
export async function startIfForgotten(office: JobOffice, job: JobRecord): Promise<void> {
  const isOld = office.clock.now() - job.acceptedAtInMs > 2_000;
  if (job.state === 'NotStarted' && isOld) await startJob(office, job);
}

async function startJob(office: JobOffice, job: JobRecord): Promise<void> {
  try {
    await office.jobs.start(job.jobId, job.orchestration, job.input);
  } catch (error) {
    office.log.warn('a job waits to be started', { jobId: job.jobId, error: String(error) });
  }
}

async function take(office: JobOffice, job: JobRecord, taking: Taking): Promise<void> {
  const hold: ItemHold = {
    jobId: job.jobId,
    scenarioName: job.scenarioName,
    verb: taking.verb,
    sinceInMs: office.clock.now(),
  };
  const ledger = jobLedger(office.records, office.clock);
  const where = { records: office.records, ledger };
  if ('newItem' in taking) {
    await createItem(office.records, taking.newItem, { hold, vaultId: job.vaultId });
  } else if ('deletedItem' in taking) {
    const { vaultId } = job;
    const deleted = await holdDeleted(where, { deletedItemId: taking.deletedItem, vaultId, hold });
    if (taking.verb === 'undeleteProtection')
      await createItem(office.records, bornAgain(deleted), { hold, vaultId, isBornAgain: true });
  } else if ('item' in taking) {
    await holdItem(where, { itemId: taking.item, vaultId: job.vaultId, hold, verb: taking.verb });
  } else {
    await holdPlan(where, { planId: taking.plan, vaultId: job.vaultId, hold });
  }
}

interface Birth {
  readonly hold: ItemHold;
  readonly vaultId: string;
  /** Its machine may be lost by now: its points are what it is wanted for. */
  readonly isBornAgain?: boolean;
}

/** Writes the item, and marks the machine that it protects, so that nobody protects it twice. */
async function createItem(
  records: Records,
  newItem: Resource,
  { hold, vaultId, isBornAgain = false }: Birth,
): Promise<void> {
  const item = ProtectedItem.parse(newItem.properties);
  const { protectableItemId: machine, sourceMachineId } = item;
  if (sourceMachineId !== undefined) {
    const claim = { vaultId, machineId: sourceMachineId, itemId: newItem.id, atInMs: hold.sinceInMs };
    await claimMachine(records, claim);
  }
  if (machine !== undefined) {
    await changeResource(records, machine, (current) => {
      const holder = current.properties['protectedItemId'];
      if (typeof holder === 'string' && holder !== newItem.id) {
        throw new LifeboatError('ResourceInUse', `The machine is protected already, as "${holder}".`, {
          target: holder,
        });
      }
      return { ...current, properties: { ...current.properties, protectedItemId: newItem.id } };
    }).catch((error: unknown) => {
      if (!isBornAgain || !isRefusal(error, 'NotFound')) throw error;
    });
  }
  try {
    await createResource(records, { ...newItem, properties: { ...item, hold } });
  } catch (error) {
    if (!isRefusal(error, 'Conflict')) throw error;
    throw new LifeboatError('Conflict', 'The item was created by somebody else just now.', {
      target: newItem.id,
    });
  }
}
