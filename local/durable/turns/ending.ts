import { type Database } from '../../store';
import { type EngineContext } from '../context';
import { EventType, type HistoryEvent, historyEvent, type EntityTarget } from '../replay/history';
import { type Changes } from '../state/changes';
import { post } from '../state/inbox';
import { appendHistory, findInstance, type InstanceRow, isFinal } from '../state/instances';
import { type Outcome } from './outcome';
import { wakeUp, Work } from './work';

export interface Ending {
  readonly row: InstanceRow;
  readonly outcome: Outcome;
  readonly lockSet: readonly EntityTarget[];
  readonly nowMs: number;
}

/** Ends an execution for good, or begins the next one of the same instance. */
export function endExecution(
  context: EngineContext,
  database: Database,
  changes: Changes,
  ending: Ending,
): void {
  new Work(database, changes, context).releaseLocks(ending.row, ending.lockSet);
  database.run('DELETE FROM task WHERE instance = ?', ending.row.id);
  if (ending.outcome.status === 'ContinuedAsNew') continueAsNew(context, database, changes, ending);
  else endInstance(database, changes, ending);
}

function continueAsNew(
  context: EngineContext,
  database: Database,
  changes: Changes,
  { row, outcome, nowMs }: Ending,
): void {
  const execution = context.newId();
  database.run('DELETE FROM history WHERE instance = ?', row.id);
  database.run('DELETE FROM inbox WHERE instance = ? AND execution IS NOT NULL', row.id);
  database.run(
    `UPDATE instance SET execution = ?, input = ?, carried = ?, outcome = NULL, updated = ? WHERE id = ?`,
    ...[execution, outcome.data, JSON.stringify(outcome.unread ?? []), nowMs, row.id],
  );
  wakeUp(database, changes, { id: row.id, execution, nowMs });
}

function endInstance(database: Database, changes: Changes, { row, outcome, nowMs }: Ending): void {
  appendHistory(database, row.id, [
    historyEvent(
      outcome.status === 'Terminated' ? EventType.ExecutionTerminated : EventType.ExecutionCompleted,
      nowMs,
      {
        OrchestrationStatus: outcome.status,
        Result: outcome.data,
      },
    ),
  ]);
  database.run('DELETE FROM inbox WHERE instance = ?', row.id);
  database.run(
    'UPDATE instance SET status = ?, output = ?, outcome = NULL, updated = ?, finished = ? WHERE id = ?',
    ...[outcome.status, outcome.data, nowMs, nowMs, row.id],
  );
  tellParent(database, changes, { row, outcome, nowMs });
  changes.finish(row.id);
}

function tellParent(
  database: Database,
  changes: Changes,
  { row, outcome, nowMs }: Omit<Ending, 'lockSet'>,
): void {
  if (row.parent_instance === null || row.parent_execution === null) return;
  const event = eventForParent(row.parent_task ?? -1, outcome, nowMs);
  postToExecution(database, changes, {
    instance: row.parent_instance,
    execution: row.parent_execution,
    event,
  });
}

function eventForParent(taskId: number, outcome: Outcome, nowMs: number): HistoryEvent {
  if (outcome.status === 'Completed') {
    return historyEvent(EventType.SubOrchestrationInstanceCompleted, nowMs, {
      TaskScheduledId: taskId,
      Result: outcome.data ?? 'null',
    });
  }
  const reason = String(JSON.parse(outcome.data ?? 'null') ?? outcome.status);
  return historyEvent(EventType.SubOrchestrationInstanceFailed, nowMs, {
    TaskScheduledId: taskId,
    Reason: reason,
    Details: reason,
    ...(outcome.failureDetails === undefined ? {} : { FailureDetails: outcome.failureDetails }),
  });
}

/** Sends something to one execution, unless it is over. */
export function postToExecution(
  database: Database,
  changes: Changes,
  { instance, execution, event }: { instance: string; execution: string; event: HistoryEvent },
): void {
  const row = findInstance(database, instance);
  if (row === undefined || row.execution !== execution || isFinal(row)) return;
  post(database, changes, { instance, execution, event });
}
