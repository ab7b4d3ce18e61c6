/** The numbers of the history events the SDK understands. */
export const EventType = {
  ExecutionStarted: 0,
  ExecutionCompleted: 1,
  ExecutionFailed: 2,
  ExecutionTerminated: 3,
  TaskScheduled: 4,
  TaskCompleted: 5,
  TaskFailed: 6,
  SubOrchestrationInstanceCreated: 7,
  SubOrchestrationInstanceCompleted: 8,
  SubOrchestrationInstanceFailed: 9,
  TimerCreated: 10,
  TimerFired: 11,
  OrchestratorStarted: 12,
  OrchestratorCompleted: 13,
  EventSent: 14,
  EventRaised: 15,
  ContinueAsNew: 16,
  ExecutionSuspended: 19,
  ExecutionResumed: 20,
} as const;

export interface FailureDetails {
  readonly ErrorType: string;
  readonly ErrorMessage: string;
  readonly StackTrace?: string | undefined;
  readonly IsNonRetriable?: boolean | undefined;
  readonly Properties?: unknown;
  readonly InnerFailure?: unknown;
}

export interface EntityTarget {
  readonly name: string;
  readonly key: string;
}

/** What retrying one task has come to. Kept in history, so that a restart counts on. */
export interface RetryProgress {
  readonly firstDelayMs: number;
  readonly coefficient: number;
  readonly longestDelayMs: number;
  readonly maxAttempts: number;
  readonly timeoutMs: number;
  readonly failures: number;
  readonly sinceMs: number;
}

/** What the host alone knows about an event. The SDK does not look at it, and nobody outside sees it. */
export interface HostNotes {
  readonly retry?: RetryProgress;
  /** What the next attempt is made from. */
  readonly attemptOf?: HistoryEvent;
  /** The HTTP request to send when this timer fires, under the id reserved for it. */
  readonly poll?: { readonly requestId: number; readonly request: string };
  /** This HTTP request may be answered with 202 and go on. */
  readonly polls?: boolean;
  /** Came into being because another task ended, not because the orchestrator asked. */
  readonly isGrowth?: boolean;
  /** Was over before it could begin: nothing is to be done for it. */
  readonly isOver?: boolean;
  readonly kind?: 'call' | 'signal' | 'lock' | 'release';
  readonly requestId?: string;
  readonly lockSet?: readonly EntityTarget[];
  readonly fireAtMs?: number;
  /** The child has no id of its own: each attempt gets one that starts like this. */
  readonly childPrefix?: string;
  readonly cancelledTimers?: readonly number[];
}

export interface HistoryEvent {
  readonly EventType: number;
  readonly EventId: number;
  readonly IsPlayed: boolean;
  readonly Timestamp: string;
  readonly Name?: string;
  readonly Version?: string | null;
  readonly Input?: string | null;
  readonly Result?: string | null;
  readonly Reason?: string;
  readonly Details?: string;
  readonly FailureDetails?: FailureDetails;
  readonly TaskScheduledId?: number;
  readonly TimerId?: number;
  readonly FireAt?: string;
  readonly InstanceId?: string;
  readonly OrchestrationStatus?: string;
  readonly Host?: HostNotes;
}

/** An event with the properties every event has. */
export function historyEvent(
  type: number,
  atMs: number,
  rest: Omit<Partial<HistoryEvent>, 'EventType' | 'Timestamp'> = {},
): HistoryEvent {
  return { EventType: type, EventId: -1, IsPlayed: false, Timestamp: isoTime(atMs), ...rest };
}

export function isoTime(atMs: number): string {
  return new Date(atMs).toISOString();
}

/** The id of the task that this event ends, if it ends one. */
export function endedTask(event: HistoryEvent): number | undefined {
  return event.TaskScheduledId ?? event.TimerId;
}
