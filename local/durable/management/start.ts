import { type ManagementResponse } from '../contract';
import { type EngineContext } from '../context';
import { findInstance, type InstanceRow, isFinal } from '../state/instances';
import { missing } from '../turns/checks';
import { startInstance } from '../turns/work';
import { managementLinks } from './links';
import { booleanQuery, type Call, jsonBody } from './request';
import { json, Refusal } from './respond';

const longestId = 256;

/** POST orchestrators/{function}[/{id}]: answered when the start is durable. */
export async function startOrchestration(
  context: EngineContext,
  call: Call,
  hubName: string,
): Promise<ManagementResponse> {
  const [, name = '', givenId] = call.segments;
  const problem = missing(context, 'orchestrator', name);
  if (problem !== undefined) throw new Refusal(400, problem);
  const id = givenId ?? context.newId();
  checkId(id);
  const registered = context.registered('orchestrator', name) ?? name;
  await begin(context, {
    id,
    name: registered,
    version: call.query('version') ?? null,
    input: jsonBody(call) ?? null,
  });
  return started(call, hubName, id);
}

/** POST instances/{id}/restart: the same function with the same input once more. */
export async function restartOrchestration(
  context: EngineContext,
  call: Call,
  { row, hubName }: { row: InstanceRow; hubName: string },
): Promise<ManagementResponse> {
  const id = booleanQuery(call, 'restartWithNewInstanceId', true) ? context.newId() : row.id;
  await begin(context, { id, name: row.name, version: row.version, input: row.input });
  return started(call, hubName, id);
}

async function begin(
  context: EngineContext,
  instance: { id: string; name: string; version: string | null; input: string | null },
): Promise<void> {
  await context.commit((database, changes) => {
    const existing = findInstance(database, instance.id);
    if (existing !== undefined && !isFinal(existing)) {
      throw new Refusal(409, `An instance with id '${instance.id}' already exists and is ${existing.status}`);
    }
    const nowMs = context.clock.now();
    context.cache.forget(instance.id);
    startInstance(database, changes, { ...instance, execution: context.newId(), nowMs });
  });
}

function started(call: Call, hubName: string, id: string): ManagementResponse {
  const links = managementLinks(call.origin, hubName, id);
  const location = links['statusQueryGetUri'] ?? '';
  return json(202, links, { location, 'retry-after': '10' });
}

function checkId(id: string): void {
  if (id.length > longestId) throw new Refusal(400, `An instance id has at most ${longestId} characters`);
  if (id.startsWith('@')) throw new Refusal(400, 'An instance id does not start with @');
  // eslint-disable-next-line no-control-regex -- control characters are what is looked for
  if (/[/\\#?\u0000-\u001f\u007f-\u009f]/.test(id)) {
    throw new Refusal(400, 'An instance id has no / \\ # ? and no control characters');
  }
}
