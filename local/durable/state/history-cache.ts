import { type HistoryEvent } from '../replay/history';
import { Progress } from '../replay/progress';

/** One execution as the next turn needs it: its history as the SDK reads it, and where it stands. */
export interface Memory {
  readonly execution: string;
  readonly progress: Progress;
  /** JSON of all events so far, without the brackets. */
  readonly text: string;
}

export function memoryOf(execution: string, events: readonly HistoryEvent[]): Memory {
  return extended({ execution, progress: new Progress(), text: '' }, events);
}

/** Takes events in that are new to this memory. */
function extended(memory: Memory, events: readonly HistoryEvent[]): Memory {
  for (const event of events) memory.progress.record(event);
  return withText(memory, events);
}

export function withText(memory: Memory, events: readonly HistoryEvent[]): Memory {
  const text = events.map((event) => textOf(event, true)).join(',');
  return {
    ...memory,
    text: memory.text === '' || text === '' ? memory.text + text : `${memory.text},${text}`,
  };
}

/** An event as the SDK sees it, without what only the host knows. */
export function textOf(event: HistoryEvent, isPlayed: boolean): string {
  return JSON.stringify({ ...event, IsPlayed: isPlayed, Host: undefined });
}

/** Histories of the instances that moved last, up to so many characters. */
export class HistoryCache {
  readonly #memories = new Map<string, Memory>();
  readonly #limit: number;
  #size = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Takes the memory out: a turn that fails must not leave one behind that went too far. */
  take(instance: string, execution: string): Memory | undefined {
    const memory = this.#memories.get(instance);
    this.forget(instance);
    return memory?.execution === execution ? memory : undefined;
  }

  keep(instance: string, memory: Memory): void {
    this.forget(instance);
    this.#memories.set(instance, memory);
    this.#size += memory.text.length;
    for (const oldest of this.#memories.keys()) {
      if (this.#size <= this.#limit) break;
      this.forget(oldest);
    }
  }

  forget(instance: string): void {
    this.#size -= this.#memories.get(instance)?.text.length ?? 0;
    this.#memories.delete(instance);
  }
}
