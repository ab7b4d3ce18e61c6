import { endedTask, type EntityTarget, EventType, type HistoryEvent } from './history';

/** A task the orchestrator itself asked for, in the order of ids. */
export interface Root {
  readonly id: number;
  readonly label: string;
}

/**
 * Where one execution stands, worked out from its history alone. Task ids are handed out from 0 in the order in which
 * tasks come into being; the SDK counts the same way on its side, and a difference of one would leave an instance
 * waiting for ever.
 */
export class Progress {
  nextId = 0;
  nowMs = 0;
  isStarted = false;
  lockSet: readonly EntityTarget[] = [];
  /** Activities, sub-orchestrations and timers that have not ended, by id: they hold completion. */
  readonly open = new Map<number, HistoryEvent>();
  /** Entity calls and lock requests that were not answered. */
  readonly requests = new Set<string>();
  readonly roots: Root[] = [];
  /** External events that arrived, read or not. */
  readonly raised: HistoryEvent[] = [];

  /** Takes one event in. Returns the scheduled task that it ends, if it ends one that was open. */
  record(event: HistoryEvent): HistoryEvent | undefined {
    switch (event.EventType) {
      case EventType.OrchestratorStarted:
        this.nowMs = Math.max(this.nowMs, Date.parse(event.Timestamp));
        return undefined;
      case EventType.ExecutionStarted:
        this.isStarted = true;
        return undefined;
      case EventType.TaskScheduled:
      case EventType.SubOrchestrationInstanceCreated:
      case EventType.TimerCreated:
      case EventType.EventSent:
        this.#schedule(event);
        return undefined;
      case EventType.EventRaised:
        if (!this.requests.delete(event.Name ?? '')) this.raised.push(event);
        return undefined;
      case EventType.OrchestratorCompleted:
        for (const id of event.Host?.cancelledTimers ?? []) this.open.delete(id);
        return undefined;
      default:
        return this.#end(event);
    }
  }

  /** Whether this event, once taken in, hands out ids by itself, before the orchestrator's own code goes on. */
  isGrowing(event: HistoryEvent): boolean {
    const ended = this.open.get(endedTask(event) ?? -1);
    if (ended?.Host === undefined) return false;
    if (event.EventType === EventType.TaskCompleted) return ended.Host.polls === true;
    if (event.EventType === EventType.SubOrchestrationInstanceCompleted) return false;
    return ended.Host.retry !== undefined || ended.Host.poll !== undefined;
  }

  /** Whether the event says something about a task that has already ended, or never was. */
  isStray(event: HistoryEvent): boolean {
    const id = endedTask(event);
    return id !== undefined && !this.open.has(id);
  }

  #schedule(event: HistoryEvent): void {
    const { EventId: id, Host: notes } = event;
    this.nextId = Math.max(this.nextId, id + 1, (notes?.poll?.requestId ?? -1) + 1);
    if (notes?.isGrowth !== true) this.roots.push({ id, label: labelOf(event) });
    if (event.EventType !== EventType.EventSent) {
      if (notes?.isOver !== true) this.open.set(id, event);
      return;
    }
    if (notes?.requestId !== undefined) this.requests.add(notes.requestId);
    if (notes?.kind === 'lock') this.lockSet = notes.lockSet ?? [];
    if (notes?.kind === 'release') this.lockSet = [];
  }

  #end(event: HistoryEvent): HistoryEvent | undefined {
    const id = endedTask(event) ?? -1;
    const ended = this.open.get(id);
    this.open.delete(id);
    return ended;
  }
}

/** What two runs of an orchestrator must agree on: the kind and the name of everything it asked for. */
function labelOf(event: HistoryEvent): string {
  switch (event.EventType) {
    case EventType.TaskScheduled:
      return `activity '${event.Name}'`;
    case EventType.SubOrchestrationInstanceCreated:
      return `sub-orchestration '${event.Name}'`;
    case EventType.TimerCreated:
      return 'a timer';
    default:
      return event.Host?.kind === 'lock' ? 'a lock' : `${event.Host?.kind} of entity '${event.InstanceId}'`;
  }
}
