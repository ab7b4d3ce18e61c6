import { MemoryLogCache } from '../support/memory/memory-log-cache';
import { MemoryTarget } from '../support/memory/memory-target';
import type { Profile } from './profile';
import { SeededChance } from './seeded-chance';
import { SimulatedRecords } from './simulated-records';

/** Which store a request goes to: a store that dies takes its requests under way with it. */
export type Store = 'target' | 'cache' | 'catalogue' | 'queue';

/** A request under way. It waits here until the scheduler lets it take effect. */
export interface Request {
  readonly process: Process;
  readonly store: Store;
  readonly name: string;
  /** Takes effect, whoever still waits for the answer. */
  readonly act: () => Promise<unknown>;
  readonly answer: (value: unknown) => void;
  readonly refuse: (error: Error) => void;
  /** What a flipped bit or a cut connection makes of an answer; undefined where that is not possible. */
  readonly spoil?: (value: unknown) => unknown;
  /** Nobody waits any more: it is a duplicate, or its sender died or gave up. */
  readonly isGhost: boolean;
}

/** A process that can die between any two of its requests. */
export class Process {
  isAlive = true;

  constructor(
    readonly world: World,
    readonly name: string,
  ) {}

  /** Sends a request. If the process dies, nothing ever comes back. */
  send<T>(store: Store, name: string, act: () => Promise<T>, spoil?: (value: T) => T): Promise<T> {
    // Nothing goes wrong any more, so nothing has to be scheduled.
    if (this.world.isQuiet && this.isAlive && this.world.mayGoOn()) return act();
    return new Promise<T>((resolve, reject) => {
      if (!this.isAlive) return;
      this.world.requests.push({
        ...{ process: this, store, name, act, isGhost: false },
        answer: resolve as (value: unknown) => void,
        refuse: reject,
        ...(spoil === undefined ? {} : { spoil: spoil as (value: unknown) => unknown }),
      });
    });
  }
}

const quietRequestLimit = 50_000;

export class Violation extends Error {
  override readonly name = 'Violation';

  constructor(
    readonly invariant: string,
    message: string,
  ) {
    super(`${invariant}: ${message}`);
  }
}

/** Everything outside the code under test: stores, time, chance, requests under way, and what is wrong so far. */
export class World {
  readonly chance: SeededChance;
  readonly target = new MemoryTarget();
  readonly cache = new MemoryLogCache();
  records = new SimulatedRecords();
  readonly bells: string[] = [];
  readonly events: { readonly id: string; readonly type: string }[] = [];
  readonly requests: Request[] = [];
  readonly processes = new Set<Process>();
  readonly counts = new Map<string, number>();
  readonly violations: Violation[] = [];
  /** What is still to be done when the faults have stopped. */
  readonly afterwards: (() => void)[] = [];
  timeInMs = 1_700_000_000_000;
  steps = 0;
  isQuiet = false;
  #quietRequests = 0;

  constructor(
    readonly seed: number,
    readonly profile: Profile,
    private readonly trace: ((line: string) => void) | undefined,
  ) {
    this.chance = new SeededChance(seed);
  }

  count(what: string, by = 1): void {
    this.counts.set(what, (this.counts.get(what) ?? 0) + by);
  }

  say(line: () => string): void {
    this.trace?.(`${String(this.steps).padStart(5)} ${line()}`);
  }

  /** Notes a broken invariant; the run ends with it. */
  violate(invariant: string, message: string): void {
    const violation = new Violation(invariant, message);
    this.violations.push(violation);
    this.say(() => `VIOLATION ${violation.message}`);
  }

  expect(condition: boolean, invariant: string, message: () => string): void {
    if (!condition) this.violate(invariant, message());
  }

  /** Starts a process. A failure of it is its own affair: production code is run again by somebody else. */
  start(name: string, run: (process: Process) => Promise<void>, failed?: (error: unknown) => void): Process {
    const process = new Process(this, name);
    this.processes.add(process);
    this.say(() => `${name} starts`);
    run(process).then(
      () => this.processes.delete(process),
      (error: unknown) => {
        this.processes.delete(process);
        this.say(() => `${name} fails: ${String(error)}`);
        if (error instanceof Error && error.name === 'BrokenInvariant')
          this.violate('assertion', error.message);
        if (error instanceof TypeError || error instanceof RangeError)
          this.violate('crash', String(error.stack));
        failed?.(error);
      },
    );
    return process;
  }

  /** False when the quiet phase has gone on for so long that it never ends. */
  mayGoOn(): boolean {
    this.#quietRequests += 1;
    if (this.#quietRequests === quietRequestLimit) this.violate('I8', 'processes go on for ever');
    return this.#quietRequests < quietRequestLimit;
  }

  /** The catalogue never leads: all of it can be lost at any time. */
  loseCatalogue(): void {
    this.records = new SimulatedRecords();
  }

  /** Ends a process. What it has sent may still take effect. */
  kill(process: Process): void {
    process.isAlive = false;
    this.processes.delete(process);
    this.count('kills');
    this.say(() => `${process.name} is killed`);
    for (let index = this.requests.length - 1; index >= 0; index -= 1) {
      const request = this.requests[index];
      if (request?.process !== process || request.isGhost) continue;
      if (this.chance.happens(0.5)) this.requests.splice(index, 1);
      else this.requests[index] = { ...request, isGhost: true };
    }
  }
}
