import { z } from 'zod';
import { type Database } from '../../store';
import { type EngineContext } from '../context';
import { EventType, historyEvent } from '../replay/history';
import { errorMessage, jsonOf } from '../replay/result';
import { entityInstanceId } from '../replay/schedule';
import { type Changes } from '../state/changes';
import { type EntityState, entityStateOf, forgetIfNothing, signalEntity } from '../state/entities';
import { take } from '../state/inbox';
import { type InstanceRow } from '../state/instances';
import { entityNameOf } from './checks';
import { postToExecution } from './ending';
import { type EntityMessage, type EntityStep } from './entity-mail';

const BatchResult = z.looseObject({
  entityExists: z.boolean(),
  entityState: z.string().nullish(),
  results: z.array(z.looseObject({ isError: z.boolean(), result: z.string().nullish() }).nullish()),
  signals: z.array(
    z.looseObject({
      target: z.looseObject({ name: z.string(), key: z.string() }),
      name: z.string(),
      input: z.string().nullish(),
    }),
  ),
});
type BatchResult = z.infer<typeof BatchResult>;

/** Runs the function once for all these operations; state, answers and signals become true together. */
export async function runBatch(context: EngineContext, row: InstanceRow, step: EntityStep): Promise<void> {
  const before = entityStateOf(row);
  const result = await invokeEntity(context, row, { before, operations: step.operations });
  context.crashPoint('entity:before-commit');
  await context.commit((database, changes) => {
    take(database, [...step.dropped, ...step.operations]);
    const after = { exists: result.entityExists, state: result.entityState ?? null };
    database.run(
      'UPDATE instance SET entity_state = ?, updated = ? WHERE id = ?',
      ...[JSON.stringify(after), context.clock.now(), row.id],
    );
    answer(context, { database, changes, operations: step.operations, result });
    sendSignals(context, database, changes, result);
    changes.wake(row.id);
    forgetIfNothing(database, row.id, after);
  });
  context.crashPoint('entity:after-commit');
}

/** A function that fails as a whole has changed nothing: every caller hears of it. */
async function invokeEntity(
  context: EngineContext,
  row: InstanceRow,
  { before, operations }: { before: EntityState; operations: readonly EntityMessage[] },
): Promise<BatchResult> {
  const name = entityNameOf(row.id);
  const key = row.id.slice(name.length + 2);
  const registered = context.registered('entity', name);
  const batch = operations.map(({ request }) => ({
    id: request.id ?? null,
    name: request.op ?? '',
    input: request.input ?? null,
    isSignal: request.signal ?? false,
  }));
  try {
    if (registered === undefined) throw new Error(`The entity function '${name}' is not registered`);
    const payload = { self: { name: registered, key }, exists: before.exists, state: before.state, batch };
    const data = await context.invoke('entity', registered, { string: JSON.stringify(payload) });
    return BatchResult.parse(JSON.parse(jsonOf(data)));
  } catch (error) {
    context.log(
      'error',
      `Entity '${row.id}' could not run a batch of ${batch.length}: ${errorMessage(error)}`,
    );
    const failure = { isError: true, result: JSON.stringify(errorMessage(error)) };
    return {
      entityExists: before.exists,
      entityState: before.state,
      results: operations.map(() => failure),
      signals: [],
    };
  }
}

function answer(
  context: EngineContext,
  {
    database,
    changes,
    operations,
    result,
  }: { database: Database; changes: Changes; operations: readonly EntityMessage[]; result: BatchResult },
): void {
  operations.forEach(({ request }, index) => {
    const { parent, parentExecution, id: requestId } = request;
    if (request.signal === true || parent === undefined || parentExecution === undefined) return;
    const operation = result.results[index];
    const response = {
      ...(operation?.result === null || operation?.result === undefined ? {} : { result: operation.result }),
      ...(operation?.isError === true ? { exceptionType: 'Error' } : {}),
    };
    const event = historyEvent(EventType.EventRaised, context.clock.now(), {
      Name: requestId ?? '',
      Input: JSON.stringify(response),
    });
    postToExecution(database, changes, { instance: parent, execution: parentExecution, event });
  });
}

function sendSignals(
  context: EngineContext,
  database: Database,
  changes: Changes,
  { signals }: BatchResult,
): void {
  for (const { target, name, input } of signals) {
    if (context.registered('entity', target.name) === undefined) {
      context.log(
        'warning',
        `A signal to entity '${entityInstanceId(target)}' is lost: there is no such function`,
      );
      continue;
    }
    signalEntity(database, changes, {
      entity: entityInstanceId(target),
      operation: name,
      ...(input === null || input === undefined || input === '' ? {} : { input }),
      nowMs: context.clock.now(),
    });
  }
}
