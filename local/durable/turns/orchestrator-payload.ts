import { EventType, type HistoryEvent, historyEvent } from '../replay/history';
import { textOf } from '../state/history-cache';
import { type InstanceRow } from '../state/instances';

/** Long enough that the SDK never cuts a timer into a chain of shorter ones: here timers are rows, of any length. */
const longestTimer = '36500.00:00:00';

/** The orchestrationTrigger payload, put together as text: the past was serialised when it happened. */
export function orchestratorPayload(
  row: Pick<InstanceRow, 'id' | 'input' | 'parent_instance'>,
  past: string,
  fresh: readonly HistoryEvent[],
): string {
  const history = [past, ...fresh.map((event) => textOf(event, false))]
    .filter((text) => text !== '')
    .join(',');
  const rest = JSON.stringify({
    instanceId: row.id,
    parentInstanceId: row.parent_instance,
    isReplaying: past !== '',
    upperSchemaVersion: 1,
    upperSchemaVersionNew: 3,
    maximumShortTimerDuration: longestTimer,
    longRunningTimerIntervalDuration: longestTimer,
    defaultHttpAsyncRequestSleepTimeMillseconds: 30_000,
  });
  return `{"history":[${history}],"input":${row.input ?? 'null'},${rest.slice(1)}`;
}

/** What the first turn of an execution begins with. */
export function executionStarted(row: InstanceRow, nowMs: number): HistoryEvent[] {
  const started = historyEvent(EventType.ExecutionStarted, nowMs, {
    Name: row.name,
    Version: row.version,
    Input: row.input,
  });
  return [started, ...(JSON.parse(row.carried ?? '[]') as HistoryEvent[])];
}
