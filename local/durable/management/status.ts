import { EventType, type HistoryEvent } from '../replay/history';
import { type InstanceRow } from '../state/instances';

const eventNames = new Map<number, string>(Object.entries(EventType).map(([name, type]) => [type, name]));

export interface StatusOptions {
  readonly showInput: boolean;
  readonly history?: readonly HistoryEvent[];
  readonly showHistoryOutput?: boolean;
}

/** An instance as the management API shows it. */
export function statusBody(
  row: InstanceRow,
  { showInput, history, showHistoryOutput }: StatusOptions,
): object {
  const events = history?.map((event) => shown(event, showHistoryOutput === true));
  return {
    name: row.name,
    instanceId: row.id,
    runtimeStatus: row.status,
    input: showInput ? parsed(row.input) : null,
    customStatus: parsed(row.custom_status),
    output: parsed(row.output),
    createdTime: new Date(row.created).toISOString(),
    lastUpdatedTime: new Date(row.updated).toISOString(),
    // The extension calls it historyEvents, the SDK reads history.
    ...(events === undefined ? {} : { historyEvents: events, history: events }),
  };
}

function shown({ Host: _host, Input, Result, ...event }: HistoryEvent, withOutput: boolean): object {
  return {
    ...event,
    EventType: eventNames.get(event.EventType) ?? String(event.EventType),
    ...(withOutput && Input !== undefined ? { Input } : {}),
    ...(withOutput && Result !== undefined ? { Result } : {}),
  };
}

function parsed(text: string | null): unknown {
  return text === null ? null : JSON.parse(text);
}
