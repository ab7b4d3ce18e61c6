import { type ManagementResponse } from '../contract';
import { type EngineContext } from '../context';
import { EventType, historyEvent } from '../replay/history';
import { control, post } from '../state/inbox';
import { findInstance, forgetInstance, type InstanceRow, isFinal, readHistory } from '../state/instances';
import { managementLinks } from './links';
import { filterFrom, findPage, purge } from './query';
import { booleanQuery, type Call, jsonBody } from './request';
import { empty, json, Refusal } from './respond';
import { statusBody } from './status';

const controls: Readonly<Record<string, number>> = {
  terminate: EventType.ExecutionTerminated,
  suspend: EventType.ExecutionSuspended,
  resume: EventType.ExecutionResumed,
};

export function getStatus(context: EngineContext, call: Call, hubName: string): ManagementResponse {
  const row = requireInstance(context, call);
  const showHistory = booleanQuery(call, 'showHistory', false);
  const body = statusBody(row, {
    showInput: booleanQuery(call, 'showInput', true),
    showHistoryOutput: booleanQuery(call, 'showHistoryOutput', false),
    ...(showHistory ? { history: context.store.read((database) => readHistory(database, row.id)) } : {}),
  });
  if (!isFinal(row)) {
    const location = managementLinks(call.origin, hubName, row.id)['statusQueryGetUri'] ?? '';
    return json(202, body, { location, 'retry-after': '5' });
  }
  const isServerError =
    row.status === 'Failed' && booleanQuery(call, 'returnInternalServerErrorOnFailure', false);
  return json(isServerError ? 500 : 200, body);
}

export function listInstances(context: EngineContext, call: Call): ManagementResponse {
  const page = context.store.read((database) => findPage(database, filterFrom(call), call));
  const showInput = booleanQuery(call, 'showInput', true);
  const headers: Record<string, string> =
    page.continuationToken === undefined ? {} : { 'x-ms-continuation-token': page.continuationToken };
  return json(
    200,
    page.rows.map((row) => statusBody(row, { showInput })),
    headers,
  );
}

/** Suspend, resume and terminate are messages: they are answered when sent, and done at the next turn. */
export async function controlInstance(
  context: EngineContext,
  call: Call,
  operation: string,
): Promise<ManagementResponse> {
  const type = controls[operation] ?? EventType.ExecutionTerminated;
  const row = requireInstance(context, call);
  const reason = JSON.stringify(call.query('reason') ?? '');
  return send(context, row, (nowMs) => ({
    sender: control,
    event: historyEvent(type, nowMs, { Input: reason }),
  }));
}

/** Events belong to the instance, whatever its execution. */
export async function raiseEvent(context: EngineContext, call: Call): Promise<ManagementResponse> {
  const name = call.segments[3];
  if (name === undefined) throw new Refusal(400, 'The name of the event is missing');
  const input = jsonBody(call) ?? null;
  const row = requireInstance(context, call);
  return send(context, row, (nowMs) => ({
    event: historyEvent(EventType.EventRaised, nowMs, { Name: name, Input: input }),
  }));
}

export async function purgeInstance(context: EngineContext, call: Call): Promise<ManagementResponse> {
  const row = requireInstance(context, call);
  const isPurged = await context.commit((database) => {
    const current = findInstance(database, row.id);
    if (current === undefined || !isFinal(current)) return false;
    forgetInstance(database, row.id);
    return true;
  });
  if (!isPurged)
    throw new Refusal(404, `Instance '${row.id}' is ${row.status}: only finished instances are purged`);
  context.cache.forget(row.id);
  return json(200, { instancesDeleted: 1 });
}

export async function purgeInstances(context: EngineContext, call: Call): Promise<ManagementResponse> {
  const filter = filterFrom(call);
  if (filter.createdFromMs === undefined) throw new Refusal(400, 'createdTimeFrom is missing');
  const instancesDeleted = await context.commit((database) => purge(database, filter));
  return instancesDeleted === 0 ? empty(404) : json(200, { instancesDeleted });
}

export function requireInstance(context: EngineContext, call: Call): InstanceRow {
  const id = call.segments[1] ?? '';
  const row = context.store.read((database) => findInstance(database, id));
  if (row === undefined) throw new Refusal(404, `No instance with ID '${id}' found.`);
  return row;
}

/** 410 if the instance is over; otherwise answered when the message is durable. */
async function send(
  context: EngineContext,
  { id }: InstanceRow,
  message: (nowMs: number) => Omit<Parameters<typeof post>[2], 'instance'>,
): Promise<ManagementResponse> {
  const isSent = await context.commit((database, changes) => {
    const row = findInstance(database, id);
    if (row === undefined || isFinal(row) || row.is_entity === 1) return false;
    post(database, changes, { instance: id, ...message(context.clock.now()) });
    return true;
  });
  return empty(isSent ? 202 : 410);
}
