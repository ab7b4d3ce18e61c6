import { EventType, type HistoryEvent, historyEvent, isoTime, type RetryProgress } from './history';
import { type Progress } from './progress';

/** More instant attempts than this are not counted out; see `giveUp`. */
const mostInstantAttempts = 10_000;

export interface Growth {
  /** Everything that was received, in order, with what had to be made up to let the SDK count on. */
  readonly received: HistoryEvent[];
  readonly scheduled: HistoryEvent[];
  readonly problem?: string;
}

/**
 * Takes received events into `progress`, but for those of tasks that have ended, and schedules what follows from them alone: the wait after a failed attempt,
 * the next attempt, the next poll of an HTTP request. Their ids come before those of anything the orchestrator asks for.
 */
export function receive(progress: Progress, events: readonly HistoryEvent[]): Growth {
  const growth: Growth & { problem?: string } = { received: [], scheduled: [] };
  for (const event of events) {
    if (progress.isStray(event)) continue;
    growth.received.push(event);
    const ended = progress.record(event);
    if (ended === undefined) continue;
    const next = followUp(progress, ended, event);
    if (next.problem !== undefined) return { ...growth, problem: next.problem };
    growth.scheduled.push(...next.scheduled);
    growth.received.push(...next.made);
    for (const scheduled of next.scheduled) progress.record(scheduled);
  }
  return growth;
}

interface FollowUp {
  readonly scheduled: readonly HistoryEvent[];
  /** Events that happen at once. */
  readonly made: readonly HistoryEvent[];
  readonly problem?: string;
}

const nothing: FollowUp = { scheduled: [], made: [] };

function followUp(progress: Progress, ended: HistoryEvent, event: HistoryEvent): FollowUp {
  const { retry, poll, polls } = ended.Host ?? {};
  const hasFailed =
    event.EventType === EventType.TaskFailed || event.EventType === EventType.SubOrchestrationInstanceFailed;
  if (retry !== undefined && hasFailed) return waitForNextAttempt(progress, ended, event);
  if (retry !== undefined && event.EventType === EventType.TimerFired) return nextAttempt(progress, ended);
  if (poll !== undefined) return pollAgain(progress, ended);
  if (polls === true && event.EventType === EventType.TaskCompleted)
    return waitForPoll(progress, ended, event);
  return nothing;
}

/** The SDK waits for a timer after every failure, also after the last: that one fires at once. */
function waitForNextAttempt(progress: Progress, ended: HistoryEvent, failure: HistoryEvent): FollowUp {
  const before = ended.Host?.retry;
  if (before === undefined) return nothing;
  const retry = { ...before, failures: before.failures + 1 };
  const isWorthIt = mayRetry(retry, failure, progress.nowMs);
  const id = progress.nextId;
  const timer = timerCreated(progress, id, {
    delayMs: isWorthIt ? delayBefore(retry) : 0,
    host: { retry, attemptOf: withoutHistory(ended), isGrowth: true },
  });
  return isWorthIt ? { scheduled: [timer], made: [] } : giveUp(progress, timer, { retry, ended, failure });
}

/**
 * The SDK knows neither time limits nor errors that are not worth a retry; it only counts attempts. So the attempts
 * that will not be made are counted out for it: each begins and fails again, at once.
 */
function giveUp(
  progress: Progress,
  timer: HistoryEvent,
  { retry, ended, failure }: { retry: RetryProgress; ended: HistoryEvent; failure: HistoryEvent },
): FollowUp {
  const missing = retry.maxAttempts - retry.failures;
  if (missing > mostInstantAttempts) {
    return {
      ...nothing,
      problem: `a retry ended early with ${missing} of its attempts left; the limit is ${mostInstantAttempts}`,
    };
  }
  const scheduled: HistoryEvent[] = [{ ...timer, Host: { ...timer.Host, isOver: true } }];
  const made: HistoryEvent[] = [timerFired(progress, timer.EventId)];
  for (let attempt = 0; attempt < missing; attempt++) {
    const attemptId = timer.EventId + 1 + 2 * attempt;
    scheduled.push({ ...withoutHistory(ended), EventId: attemptId, Host: { isGrowth: true, isOver: true } });
    made.push({ ...failure, TaskScheduledId: attemptId });
    scheduled.push(
      timerCreated(progress, attemptId + 1, { delayMs: 0, host: { isGrowth: true, isOver: true } }),
    );
    made.push(timerFired(progress, attemptId + 1));
  }
  return { scheduled, made };
}

function nextAttempt(progress: Progress, timer: HistoryEvent): FollowUp {
  const { retry, attemptOf } = timer.Host ?? {};
  if (retry === undefined || attemptOf === undefined) return nothing;
  const id = progress.nextId;
  const prefix = attemptOf.Host?.childPrefix;
  const attempt: HistoryEvent = {
    ...attemptOf,
    ...(prefix === undefined ? {} : { InstanceId: childId(prefix, id) }),
    EventId: id,
    Timestamp: isoTime(progress.nowMs),
    Host: { ...attemptOf.Host, retry, isGrowth: true },
  };
  return { scheduled: [attempt], made: [] };
}

function mayRetry(retry: RetryProgress, failure: HistoryEvent, nowMs: number): boolean {
  if (retry.failures >= retry.maxAttempts) return false;
  if (failure.FailureDetails?.IsNonRetriable === true) return false;
  return nowMs < retry.sinceMs + retry.timeoutMs;
}

function delayBefore({ firstDelayMs, coefficient, longestDelayMs, failures }: RetryProgress): number {
  return Math.min(firstDelayMs * coefficient ** (failures - 1), longestDelayMs);
}

/** The SDK numbers the wait and the request after it together; the request goes out when the wait is over. */
function waitForPoll(progress: Progress, ended: HistoryEvent, event: HistoryEvent): FollowUp {
  const response = JSON.parse(event.Result ?? 'null') as {
    statusCode?: number;
    headers?: Record<string, string>;
  } | null;
  const header = (name: string): string | undefined =>
    Object.entries(response?.headers ?? {}).find(([key]) => key.toLowerCase() === name)?.[1];
  const location = header('location');
  if (response?.statusCode !== 202 || location === undefined) return nothing;

  const request = JSON.parse(ended.Input ?? '{}') as { uri: string; headers?: Record<string, string> };
  const next = { ...request, method: 'GET', content: undefined, uri: new URL(location, request.uri).href };
  const seconds = Number(header('retry-after') ?? 30);
  const timer = timerCreated(progress, progress.nextId, {
    delayMs: Number.isFinite(seconds) ? seconds * 1000 : 0,
    host: { isGrowth: true, poll: { requestId: progress.nextId + 1, request: JSON.stringify(next) } },
  });
  return { scheduled: [timer], made: [] };
}

function pollAgain(progress: Progress, timer: HistoryEvent): FollowUp {
  const poll = timer.Host?.poll;
  if (poll === undefined) return nothing;
  const request = historyEvent(EventType.TaskScheduled, progress.nowMs, {
    EventId: poll.requestId,
    Name: httpActivity,
    Input: poll.request,
    Host: { isGrowth: true, polls: true },
  });
  return { scheduled: [request], made: [] };
}

/** The id of a sub-orchestration that the orchestrator gave none. */
export function childId(prefix: string, taskId: number): string {
  return `${prefix}:${taskId.toString(16).padStart(4, '0')}`;
}

/** The activity that sends the requests of `callHttp`. */
export const httpActivity = 'BuiltIn::HttpActivity';

function timerCreated(
  progress: Progress,
  id: number,
  { delayMs, host }: { delayMs: number; host: HistoryEvent['Host'] },
): HistoryEvent {
  const fireAtMs = progress.nowMs + delayMs;
  return historyEvent(EventType.TimerCreated, progress.nowMs, {
    EventId: id,
    FireAt: isoTime(fireAtMs),
    Host: { ...host, fireAtMs },
  });
}

function timerFired(progress: Progress, id: number): HistoryEvent {
  return historyEvent(EventType.TimerFired, progress.nowMs, { TimerId: id, FireAt: isoTime(progress.nowMs) });
}

/** The scheduled task as the next attempt needs it, without what the last attempt was made from. */
function withoutHistory(scheduled: HistoryEvent): HistoryEvent {
  const { attemptOf: _attemptOf, retry: _retry, ...host } = scheduled.Host ?? {};
  return { ...scheduled, Host: host };
}
