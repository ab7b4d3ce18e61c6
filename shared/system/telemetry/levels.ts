import type { Meter } from '@opentelemetry/api';
import type { Clock } from '../../ports/clock';
import type { About } from '../../ports/telemetry';

interface Level {
  readonly value: number;
  readonly about: About;
  readonly setAtMs: number;
}

/** Whoever sets levels does so once a minute; what is older was left behind by a process that does it no more. */
const freshForMs = 150_000;

/** The last word on what is so now, told to the meter whenever it asks, and forgotten when it is no longer true. */
export class Levels {
  readonly #levels = new Map<string, Map<string, Level>>();

  constructor(
    private readonly clock: Clock,
    private readonly meter: () => Meter,
  ) {}

  set(name: string, value: number, about: About = {}): void {
    const known = this.#levels.get(name) ?? this.#start(name);
    known.set(JSON.stringify(about), { value, about, setAtMs: this.clock.now() });
  }

  #start(name: string): Map<string, Level> {
    const levels = new Map<string, Level>();
    this.#levels.set(name, levels);
    this.meter()
      .createObservableGauge(name)
      .addCallback((result) => {
        for (const { value, about, setAtMs } of levels.values())
          if (this.clock.now() - setAtMs < freshForMs) result.observe(value, about);
      });
    return levels;
  }
}
