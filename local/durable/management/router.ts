import { type ManagementRequest, type ManagementResponse } from '../contract';
import { type EngineContext } from '../context';
import { errorMessage } from '../replay/result';
import { getEntity, postSignal } from './entities';
import {
  controlInstance,
  getStatus,
  listInstances,
  purgeInstance,
  purgeInstances,
  raiseEvent,
  requireInstance,
} from './instances';
import { type Call, readCall } from './request';
import { json, Refusal } from './respond';
import { restartOrchestration, startOrchestration } from './start';

/** Answers one management request; never throws. */
export async function answerManagement(
  context: EngineContext,
  hubName: string,
  request: ManagementRequest,
): Promise<ManagementResponse> {
  try {
    const call = readCall(request);
    return await route(context, hubName, call);
  } catch (error) {
    if (error instanceof Refusal) return json(error.status, { Message: error.message });
    context.log('error', `${request.method} ${request.path} failed: ${errorMessage(error)}`);
    return json(500, { Message: errorMessage(error) });
  }
}

async function route(context: EngineContext, hubName: string, call: Call): Promise<ManagementResponse> {
  const { method, segments } = call;
  switch (`${method} ${segments[0]?.toLowerCase()} ${segments.length}`) {
    case 'POST orchestrators 2':
    case 'POST orchestrators 3':
      return startOrchestration(context, call, hubName);
    case 'GET instances 1':
      return listInstances(context, call);
    case 'DELETE instances 1':
      return purgeInstances(context, call);
    case 'GET instances 2':
      return getStatus(context, call, hubName);
    case 'DELETE instances 2':
      return purgeInstance(context, call);
    case 'POST instances 3':
    case 'POST instances 4':
      return operate(context, hubName, call);
    case 'GET entities 3':
      return getEntity(context, call);
    case 'POST entities 3':
      return postSignal(context, call);
    default:
      throw new Refusal(404, `There is nothing at ${method} /${segments.join('/')}`);
  }
}

async function operate(context: EngineContext, hubName: string, call: Call): Promise<ManagementResponse> {
  const operation = call.segments[2]?.toLowerCase() ?? '';
  switch (operation) {
    case 'raiseevent':
      return raiseEvent(context, call);
    case 'terminate':
    case 'suspend':
    case 'resume':
      return controlInstance(context, call, operation);
    case 'restart':
      return restartOrchestration(context, call, { row: requireInstance(context, call), hubName });
    case 'rewind':
      return rewind(context, call);
    default:
      throw new Refusal(404, `There is no operation '${operation}' on instances`);
  }
}

function rewind(context: EngineContext, call: Call): ManagementResponse {
  const { status } = requireInstance(context, call);
  if (status !== 'Failed')
    return text(412, 'The rewind operation is only supported on failed orchestration instances.');
  return text(501, 'The rewind operation is not supported by this storage provider.');
}

function text(status: number, body: string): ManagementResponse {
  return { status, headers: { 'content-type': 'text/plain; charset=utf-8' }, body };
}
