import { type EngineContext } from '../context';
import { httpActivity } from '../replay/growth';
import { EventType, type HistoryEvent } from '../replay/history';
import { type OrchestratorResult } from '../replay/result';

/** Azure Storage keeps no more, counted as UTF-16. */
const customStatusLimitBytes = 16 * 1024;

/** A falsy status is never sent, so nothing means: as before. */
export function customStatusOf(result: OrchestratorResult): { text?: string; problem?: string } {
  if (result.customStatus === undefined) return {};
  const text = JSON.stringify(result.customStatus);
  if (text.length * 2 <= customStatusLimitBytes) return { text };
  return { problem: 'The size of the JSON-serialized payload must not exceed 16 KB of UTF-16 text.' };
}

/** Asking for a function that is not there fails the orchestration, as it does in Azure. */
export function checkFunctions(
  context: EngineContext,
  scheduled: readonly HistoryEvent[],
): string | undefined {
  for (const event of scheduled) {
    const problem = checkFunction(context, event);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

function checkFunction(context: EngineContext, event: HistoryEvent): string | undefined {
  switch (event.EventType) {
    case EventType.TaskScheduled:
      return event.Name === httpActivity ? undefined : missing(context, 'activity', event.Name ?? '');
    case EventType.SubOrchestrationInstanceCreated:
      return missing(context, 'orchestrator', event.Name ?? '');
    case EventType.EventSent:
      return missing(context, 'entity', entityNameOf(event.InstanceId ?? ''));
    default:
      return undefined;
  }
}

export function missing(
  context: EngineContext,
  kind: 'activity' | 'orchestrator' | 'entity',
  name: string,
): string | undefined {
  if (context.registered(kind, name) !== undefined) return undefined;
  return (
    `The function '${name}' doesn't exist, is disabled, or is not an ${kind} function. ` +
    `Known ${kind} functions: ${context.known(kind)}`
  );
}

export function entityNameOf(instanceId: string): string {
  return instanceId.slice(1, instanceId.indexOf('@', 1));
}
