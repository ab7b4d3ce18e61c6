import { type Database } from '../../store';
import { type EngineContext } from '../context';
import { EventType, historyEvent } from '../replay/history';
import { entityInstanceId } from '../replay/schedule';
import { type Changes } from '../state/changes';
import { entityStateOf, forgetIfNothing } from '../state/entities';
import { post, readInbox, readInboxFrom, take } from '../state/inbox';
import { ensureEntity, findInstance, type InstanceRow, isFinal } from '../state/instances';
import { postToExecution } from './ending';
import { runBatch } from './entity-batch';
import { type EntityMessage, type EntityStep, nextStep, readMessage } from './entity-mail';

const messagesPerTurn = 500;

/** Lets an entity take its next batch of operations, give its lock to whoever is next, or take it back. */
export async function runEntityTurn(context: EngineContext, id: string): Promise<void> {
  const found = context.store.read((database) => readEntity(database, id, context.clock.now()));
  if (found === undefined) return;
  const { row, messages } = found;
  const lock =
    row.locked_by === null ? undefined : { owner: row.locked_by, execution: row.locked_by_execution ?? '' };
  const step = nextStep(messages, lock);
  if (step.operations.length > 0) await runBatch(context, row, step);
  else if (step.grant !== undefined || step.dropped.length > 0) await moveLock(context, row, step);
}

function readEntity(
  database: Database,
  id: string,
  nowMs: number,
): { row: InstanceRow; messages: EntityMessage[] } | undefined {
  const row = findInstance(database, id);
  if (row === undefined) return undefined;
  const inbox =
    row.locked_by === null
      ? readInbox(database, id, nowMs, messagesPerTurn)
      : readInboxFrom(database, id, row.locked_by, messagesPerTurn);
  return { row, messages: inbox.map(readMessage) };
}

async function moveLock(context: EngineContext, row: InstanceRow, step: EntityStep): Promise<void> {
  await context.commit((database, changes) => {
    take(database, step.dropped);
    if (step.isReleased) setLock(database, row.id, undefined);
    if (step.grant !== undefined) grantLock(context, { database, changes, id: row.id, grant: step.grant });
    changes.wake(row.id);
    forgetIfNothing(database, row.id, entityStateOf(row));
  });
}

/** The lock goes on to the next entity of the set, in their one order; behind the last, the owner hears that it has all. */
function grantLock(
  context: EngineContext,
  {
    database,
    changes,
    id,
    grant,
  }: { database: Database; changes: Changes; id: string; grant: EntityMessage },
): void {
  take(database, [grant]);
  const { parent = '', parentExecution = '', lockset = [], pos = 0, id: requestId = '' } = grant.request;
  const owner = findInstance(database, parent);
  if (owner === undefined || isFinal(owner) || owner.execution !== parentExecution) return;

  setLock(database, id, { owner: parent, execution: parentExecution });
  const nowMs = context.clock.now();
  const next = lockset[pos + 1];
  if (next === undefined) {
    const event = historyEvent(EventType.EventRaised, nowMs, { Name: requestId, Input: '{}' });
    postToExecution(database, changes, { instance: parent, execution: parentExecution, event });
    return;
  }
  const input = JSON.stringify({ ...grant.request, pos: pos + 1 });
  ensureEntity(database, entityInstanceId(next), nowMs);
  post(database, changes, {
    instance: entityInstanceId(next),
    sender: parent,
    event: historyEvent(EventType.EventRaised, nowMs, { Name: 'op', Input: input }),
  });
}

function setLock(
  database: Database,
  id: string,
  lock: { owner: string; execution: string } | undefined,
): void {
  database.run(
    'UPDATE instance SET locked_by = ?, locked_by_execution = ? WHERE id = ?',
    ...[lock?.owner ?? null, lock?.execution ?? null, id],
  );
}
