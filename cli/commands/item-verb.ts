import type { Connection } from '../connect/connection';
import { type FoundItem, findItem } from '../items/find-item';
import { itemView, type ItemView } from '../items/item-view';
import type { PointView } from '../items/recovery-points';
import type { HearingOptions } from '../jobs/start-job';
import type { Session } from '../session';
import { type DangerOptions, runJob } from './job-options';

/** Everything a verb needs to say what it would do, or to do it. */
export interface Intent {
  /** As `allowedOperations` calls it. */
  readonly operation: string;
  readonly request?: object | undefined;
  readonly point?: PointView | undefined;
  /** Asked before it is done; what cannot hurt asks nothing. */
  readonly question?: string | undefined;
  begin(options: HearingOptions): Promise<unknown>;
}

export interface Subject extends FoundItem {
  readonly session: Session;
  readonly connection: Connection;
  readonly view: ItemView;
}

/** Finds the machine, lets the verb say what it is up to, and shows that or does it. */
export async function itemVerb(
  session: Session,
  machine: string,
  options: DangerOptions,
  plan: (subject: Subject) => Promise<Intent> | Intent,
): Promise<void> {
  const connection = await session.connect();
  const found = await findItem(connection, machine);
  const view = itemView(found.item);
  const intent = await plan({ ...found, session, connection, view });
  if (options.whatIf === true) {
    await session.print({ ...whatIf(view, intent), ...(options.reason && { comments: options.reason }) });
    return;
  }
  if (intent.question !== undefined) await session.confirm(intent.question, options);
  await runJob(session, connection, options, (hearing) => intent.begin(hearing));
}

/** What would be asked for, and whether it is allowed now. The data that would be lost is what came after the point. */
function whatIf(view: ItemView, { operation, request, point }: Intent): object {
  const isAllowed = view.allowedOperations.includes(operation);
  return {
    whatIf: true,
    machine: view.machine,
    operation,
    isAllowed,
    reason: isAllowed
      ? null
      : view.runningJob !== null && view.allowedOperations.length === 0
        ? `The job ${view.runningJob} is running on it.`
        : `Allowed now: ${view.allowedOperations.join(', ')}.`,
    ...(point === undefined
      ? {}
      : { recoveryPoint: point.time, recoveryPointType: point.type, dataLossInSeconds: point.ageInSeconds }),
    request: request ?? null,
  };
}
