import { type ManagementResponse } from '../contract';
import { type EngineContext } from '../context';
import { entityStateOf, signalEntity } from '../state/entities';
import { findInstance } from '../state/instances';
import { entityInstanceId } from '../replay/schedule';
import { missing } from '../turns/checks';
import { type Call, jsonBody, timeQuery } from './request';
import { empty, json, Refusal } from './respond';

/** GET entities/{name}/{key}: its state. */
export function getEntity(context: EngineContext, call: Call): ManagementResponse {
  const [, name = '', key = ''] = call.segments;
  const row = context.store.read((database) => findInstance(database, entityInstanceId({ name, key })));
  const state = row === undefined ? undefined : entityStateOf(row);
  if (state === undefined || !state.exists || state.state === null) return empty(404);
  return json(200, JSON.parse(state.state));
}

/** POST entities/{name}/{key}?op=...: a signal, perhaps for later. */
export async function postSignal(context: EngineContext, call: Call): Promise<ManagementResponse> {
  const [, name = '', key = ''] = call.segments;
  const problem = missing(context, 'entity', name);
  if (problem !== undefined) throw new Refusal(404, problem);
  const input = jsonBody(call);
  const dueMs = timeQuery(call, 'signalTime');
  await context.commit((database, changes) => {
    signalEntity(database, changes, {
      entity: entityInstanceId({ name, key }),
      operation: call.query('op') ?? '',
      nowMs: context.clock.now(),
      dueMs,
      ...(input === undefined ? {} : { input }),
    });
  });
  return empty(202);
}
