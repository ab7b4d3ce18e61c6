import { type Clock } from '../../../local/durable';

interface Alarm {
  readonly atMs: number;
  readonly run: () => void;
}

/** A clock that stands still until it is moved. */
export class ManualClock implements Clock {
  #nowMs: number;
  readonly #alarms = new Set<Alarm>();

  constructor(startMs = Date.parse('2030-01-01T00:00:00Z')) {
    this.#nowMs = startMs;
  }

  now(): number {
    return this.#nowMs;
  }

  schedule(atMs: number, run: () => void): () => void {
    const alarm = { atMs, run };
    this.#alarms.add(alarm);
    if (atMs <= this.#nowMs) setImmediate(() => this.#ring());
    return () => void this.#alarms.delete(alarm);
  }

  advance(durationInMs: number): void {
    this.#nowMs += durationInMs;
    this.#ring();
  }

  #ring(): void {
    for (const alarm of this.#alarms) {
      if (alarm.atMs > this.#nowMs) continue;
      this.#alarms.delete(alarm);
      alarm.run();
    }
  }
}
