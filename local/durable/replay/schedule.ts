import { createHash } from 'node:crypto';
import { type Action, ActionType, type Leaf } from './actions';
import { childId, httpActivity } from './growth';
import {
  type EntityTarget,
  EventType,
  type HistoryEvent,
  historyEvent,
  isoTime,
  type RetryProgress,
} from './history';

export interface Scheduling {
  readonly instanceId: string;
  readonly execution: string;
  readonly nowMs: number;
}

/** The history event that says this task was asked for, under this id. */
export function scheduledEvent(leaf: Leaf, id: number, scheduling: Scheduling): HistoryEvent {
  const { action } = leaf;
  switch (action.actionType) {
    case ActionType.CallActivity:
    case ActionType.CallActivityWithRetry:
      return activityScheduled(action, id, scheduling);
    case ActionType.CallSubOrchestrator:
    case ActionType.CallSubOrchestratorWithRetry:
      return childCreated(action, id, scheduling);
    case ActionType.CreateTimer:
      return timerCreated(action, id, scheduling);
    case ActionType.CallHttp:
      return historyEvent(EventType.TaskScheduled, scheduling.nowMs, {
        EventId: id,
        Name: httpActivity,
        Input: textOf(action.httpRequest),
        Host: { polls: action.httpRequest?.asynchronousPatternEnabled === true },
      });
    case ActionType.CallEntity:
    case ActionType.SignalEntity:
    case ActionType.ScheduledSignalEntity:
      return operationSent(action, id, scheduling);
    case ActionType.LockEntities:
      return lockRequested(action, id, scheduling);
    case ActionType.ReleaseEntities:
      return lockReleased(leaf, id, scheduling);
    default:
      throw new RangeError(`the orchestrator asked for something unknown: action type ${action.actionType}`);
  }
}

function activityScheduled(action: Action, id: number, { nowMs }: Scheduling): HistoryEvent {
  return historyEvent(EventType.TaskScheduled, nowMs, {
    EventId: id,
    Name: action.functionName ?? '',
    Input: textOf(action.input),
    ...retryNotes(action, nowMs),
  });
}

function childCreated(action: Action, id: number, { execution, nowMs }: Scheduling): HistoryEvent {
  const given = action.instanceId ?? '';
  const retry = retryOf(action, nowMs);
  return historyEvent(EventType.SubOrchestrationInstanceCreated, nowMs, {
    EventId: id,
    Name: action.functionName ?? '',
    Version: action.version ?? null,
    InstanceId: given === '' ? childId(execution, id) : given,
    Input: textOf(action.input),
    Host: {
      ...(given === '' ? { childPrefix: execution } : {}),
      ...(retry === undefined ? {} : { retry }),
    },
  });
}

function timerCreated(action: Action, id: number, { nowMs }: Scheduling): HistoryEvent {
  const fireAtMs = Date.parse(action.fireAt ?? '');
  if (Number.isNaN(fireAtMs)) throw new RangeError('a timer was created without a valid time');
  return historyEvent(EventType.TimerCreated, nowMs, {
    EventId: id,
    FireAt: isoTime(fireAtMs),
    Host: { fireAtMs, isOver: action.isCanceled === true },
  });
}

function operationSent(action: Action, id: number, scheduling: Scheduling): HistoryEvent {
  const isCall = action.actionType === ActionType.CallEntity;
  const requestId = requestIdOf(scheduling, id);
  const fireAtMs = action.fireAt === undefined ? undefined : Date.parse(action.fireAt);
  const input =
    action.input === undefined || action.input === null ? undefined : JSON.stringify(action.input);
  return historyEvent(EventType.EventSent, scheduling.nowMs, {
    EventId: id,
    Name: 'op',
    InstanceId: action.instanceId ?? '',
    Input: JSON.stringify({
      op: action.operation,
      signal: !isCall,
      input,
      id: requestId,
      ...parentOf(scheduling),
    }),
    Host: {
      kind: isCall ? 'call' : 'signal',
      ...(isCall ? { requestId } : {}),
      ...(fireAtMs === undefined ? {} : { fireAtMs }),
    },
  });
}

function parentOf({ instanceId, execution }: Scheduling): { parent: string; parentExecution: string } {
  return { parent: instanceId, parentExecution: execution };
}

function lockRequested(action: Action, id: number, scheduling: Scheduling): HistoryEvent {
  const lockSet = action.lockSet ?? [];
  const requestId = action.lockRequestId ?? '';
  return historyEvent(EventType.EventSent, scheduling.nowMs, {
    EventId: id,
    Name: 'op',
    InstanceId: entityInstanceId(lockSet[0]),
    Input: JSON.stringify({ id: requestId, lockset: lockSet, pos: 0, ...parentOf(scheduling) }),
    Host: { kind: 'lock', requestId, lockSet },
  });
}

function lockReleased({ released }: Leaf, id: number, scheduling: Scheduling): HistoryEvent {
  return historyEvent(EventType.EventSent, scheduling.nowMs, {
    EventId: id,
    Name: 'release',
    InstanceId: entityInstanceId(released),
    Input: JSON.stringify(parentOf(scheduling)),
    Host: { kind: 'release' },
  });
}

export function entityInstanceId(entity: EntityTarget | undefined): string {
  return entity === undefined ? '' : `@${entity.name.toLowerCase()}@${entity.key}`;
}

/** The same on every replay: the SDK finds it in history and waits for an event of that name. */
function requestIdOf({ instanceId, execution }: Scheduling, id: number): string {
  const digest = createHash('sha256').update(`${instanceId}\n${execution}\n${id}`).digest('hex');
  return [8, 12, 16, 20, 32].map((end, index, ends) => digest.slice(ends[index - 1] ?? 0, end)).join('-');
}

function retryNotes(action: Action, nowMs: number): Pick<HistoryEvent, 'Host'> {
  const retry = retryOf(action, nowMs);
  return retry === undefined ? {} : { Host: { retry } };
}

function retryOf({ retryOptions }: Action, nowMs: number): RetryProgress | undefined {
  if (retryOptions === undefined) return undefined;
  return {
    firstDelayMs: retryOptions.firstRetryIntervalInMilliseconds,
    coefficient: retryOptions.backoffCoefficient ?? 1,
    longestDelayMs: retryOptions.maxRetryIntervalInMilliseconds ?? Number.MAX_SAFE_INTEGER,
    maxAttempts: retryOptions.maxNumberOfAttempts,
    timeoutMs: retryOptions.retryTimeoutInMilliseconds ?? Number.MAX_SAFE_INTEGER,
    failures: 0,
    sinceMs: nowMs,
  };
}

function textOf(value: unknown): string | null {
  return value === undefined || value === null ? null : JSON.stringify(value);
}
