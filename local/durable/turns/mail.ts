import { EventType, type HistoryEvent } from '../replay/history';
import { type InboxRow } from '../state/inbox';
import { type InstanceRow } from '../state/instances';

/** What an orchestration finds in its inbox, sorted by what is to be done with it. */
export interface Mail {
  /** Of an execution that is over, or not events at all. */
  readonly worthless: readonly InboxRow[];
  readonly controls: readonly InboxRow[];
  readonly events: readonly InboxRow[];
  readonly isSuspended: boolean;
  readonly termination?: HistoryEvent;
  /** There may be more than was read. */
  readonly isFull: boolean;
}

const controlTypes: readonly number[] = [
  EventType.ExecutionTerminated,
  EventType.ExecutionSuspended,
  EventType.ExecutionResumed,
];

export function sortMail(row: InstanceRow, inbox: readonly InboxRow[], isFull: boolean): Mail {
  const worthless: InboxRow[] = [];
  const controls: InboxRow[] = [];
  const events: InboxRow[] = [];
  let isSuspended = row.status === 'Suspended';
  let termination: HistoryEvent | undefined;

  for (const message of inbox) {
    const { execution, event } = message;
    const isForThis = execution === null || execution === row.execution;
    if (!isForThis || event.EventType === EventType.ExecutionStarted) worthless.push(message);
    else if (!controlTypes.includes(event.EventType)) events.push(message);
    else {
      controls.push(message);
      if (event.EventType === EventType.ExecutionTerminated) termination ??= event;
      else isSuspended = event.EventType === EventType.ExecutionSuspended;
    }
  }
  return {
    worthless,
    controls,
    events,
    isSuspended,
    isFull,
    ...(termination === undefined ? {} : { termination }),
  };
}
