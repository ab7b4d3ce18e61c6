import { EventEmitter, once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { Child, type Line } from './child';
import type { PartPlan, PartStatus } from './part';

const firstPauseInMs = 100;
const steadyAfterMs = 30_000;

export interface SupervisorOptions {
  readonly plans: readonly PartPlan[];
  /** The module that ends a part when its supervisor is gone. */
  readonly preload: string;
  readonly onLine: (line: Line) => void;
  /** What the supervisor itself has to say. */
  readonly say: (sentence: string) => void;
  /** A part that keeps ending is started again after pauses that double up to this. */
  readonly longestPauseInMs: number;
  /** How long a part that is asked to end may take. */
  readonly graceInMs: number;
  /** For how long a part that cannot start is tried again: one of a killed predecessor may still hold its files. */
  readonly startPatienceInMs: number;
}

interface Part {
  readonly plan: PartPlan;
  child?: Child | undefined;
  isServing: boolean;
  hasServed: boolean;
  /** Why it was ended on purpose, when it was. */
  endedFor?: string | undefined;
  starts: number;
  failuresInARow: number;
}

/** Starts the parts in order, brings back those that die, and ends them all. */
export class Supervisor {
  readonly #parts = new Map<string, Part>();
  readonly #changes = new EventEmitter();
  readonly #options: SupervisorOptions;
  readonly #stopping = new AbortController();
  #keepers: Promise<void>[] = [];
  #startedAt = 0;

  constructor(options: SupervisorOptions) {
    this.#options = options;
    this.#changes.setMaxListeners(0);
    for (const plan of options.plans) {
      this.#parts.set(plan.program.name, {
        plan,
        isServing: false,
        hasServed: false,
        starts: 0,
        failuresInARow: 0,
      });
    }
  }

  /** Resolves when every part serves. If one cannot start, all are ended, and its own words are in the error. */
  async start(): Promise<void> {
    this.#startedAt = performance.now();
    const firstStarts = [...this.#parts.values()].map(
      (part) =>
        new Promise<void>((resolve, reject) => this.#keepers.push(this.#keep(part, { resolve, reject }))),
    );
    try {
      await Promise.all(firstStarts);
    } catch (error) {
      await this.stop();
      throw error;
    }
  }

  /** Ends every part: first those that use others. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    this.#changes.emit('change');
    const ends = new Map<Part, Promise<void>>();
    const end = (part: Part): Promise<void> => {
      const users = [...this.#parts.values()].filter((other) => uses(other, part));
      const ended =
        ends.get(part) ?? Promise.all(users.map(end)).then(() => part.child?.stop(this.#options.graceInMs));
      ends.set(part, ended);
      return ended;
    };
    await Promise.all([...this.#parts.values()].map(end));
    await Promise.all(this.#keepers);
  }

  status(): PartStatus[] {
    return [...this.#parts].map(([name, { isServing, child, starts }]) => ({
      name,
      isServing,
      pid: child?.pid,
      restarts: Math.max(0, starts - 1),
    }));
  }

  /** Kills a part as a crash would. Resolves when it is gone; it is started again by itself. */
  async kill(name: string): Promise<void> {
    const { child } = this.#part(name);
    child?.kill();
    await child?.ended;
  }

  /** Ends a part in good order. It is started again by itself. */
  async end(name: string): Promise<void> {
    const part = this.#part(name);
    if (part.child === undefined) return;
    part.endedFor = 'it was asked to';
    await part.child.stop(this.#options.graceInMs);
  }

  /** Resolves when the part serves and is not the run with this process id. */
  async serving(name: string, otherThan?: number): Promise<number> {
    const part = this.#part(name);
    for (;;) {
      const pid = part.child?.pid;
      if (part.isServing && pid !== undefined && pid !== otherThan) return pid;
      if (this.#isStopping) throw new Error(`${name} is not served: the cloud is stopping`);
      await this.#change();
    }
  }

  /** One part's life: start, serve, end, and again. */
  async #keep(part: Part, first: { resolve: () => void; reject: (error: unknown) => void }): Promise<void> {
    while (!this.#isStopping) {
      await this.#untilItMayStart(part);
      if (this.#isStopping) break;
      const failure = await this.#run(part, first.resolve);
      if (this.#isStopping) break;
      if (failure !== undefined && !this.#hasPatienceWith(part)) return first.reject(failure);
      await this.#clearTheWay(part);
      await this.#pause(part);
    }
    first.reject(new Error('the cloud was stopped while it started'));
  }

  /** Resolves when the run is over: with the reason if it never served. */
  async #run(part: Part, onServing: () => void): Promise<unknown> {
    const { program } = part.plan;
    const child = new Child(program, this.#options.preload, this.#options.onLine);
    part.child = child;
    part.starts += 1;
    const startedAt = performance.now();
    const failure = await child.ready.then(
      () => undefined,
      (error: unknown) => error,
    );
    if (failure === undefined) {
      part.isServing = true;
      if (part.hasServed) this.#options.say(`${program.name} serves again.`);
      part.hasServed = true;
      onServing();
      this.#changes.emit('change');
    }
    const how = await child.ended;
    part.isServing = false;
    part.child = undefined;
    this.#changes.emit('change');
    const wasSteady = failure === undefined && performance.now() - startedAt > steadyAfterMs;
    part.failuresInARow = wasSteady ? 1 : part.failuresInARow + 1;
    if (part.endedFor === undefined && !this.#isStopping) this.#options.say(`${program.name} ended: ${how}.`);
    return failure;
  }

  /** Ends the parts that must not see this one come back with less than it had. */
  async #clearTheWay(part: Part): Promise<void> {
    const { name } = part.plan.program;
    const users = [...this.#parts.values()].filter(({ plan }) => plan.rebornWith.includes(name));
    await Promise.all(
      users.map(async (user) => {
        if (user.child === undefined) return;
        user.endedFor = `${name} ended`;
        this.#options.say(`${user.plan.program.name} is ended and started anew, because ${name} ended.`);
        await user.child.stop(this.#options.graceInMs);
      }),
    );
  }

  /** A part that has served before is started for ever; one that never has, only for a while. */
  #hasPatienceWith(part: Part): boolean {
    const isAtWill = part.endedFor !== undefined || part.hasServed;
    return isAtWill || performance.now() - this.#startedAt < this.#options.startPatienceInMs;
  }

  async #pause(part: Part): Promise<void> {
    if (part.endedFor !== undefined) {
      part.endedFor = undefined;
      part.failuresInARow = 0;
      return;
    }
    const pauseInMs = Math.min(
      this.#options.longestPauseInMs,
      firstPauseInMs * 2 ** (part.failuresInARow - 1),
    );
    this.#options.say(`${part.plan.program.name} is started again in ${pauseInMs / 1000} s.`);
    await sleep(pauseInMs, undefined, { signal: this.#stopping.signal }).catch(() => undefined);
  }

  async #untilItMayStart(part: Part): Promise<void> {
    const { startsAfter, rebornWith } = part.plan;
    const waitsFor = part.starts === 0 ? [...startsAfter, ...rebornWith] : rebornWith;
    const isServed = (name: string): boolean => this.#parts.get(name)?.isServing ?? true;
    while (!this.#isStopping && !waitsFor.every(isServed)) await this.#change();
  }

  get #isStopping(): boolean {
    return this.#stopping.signal.aborted;
  }

  async #change(): Promise<void> {
    await once(this.#changes, 'change');
  }

  #part(name: string): Part {
    const part = this.#parts.get(name);
    if (part === undefined)
      throw new Error(`There is no part ${name}: ${[...this.#parts.keys()].join(', ')}`);
    return part;
  }
}

function uses(user: Part, part: Part): boolean {
  const { startsAfter, rebornWith } = user.plan;
  return [...startsAfter, ...rebornWith].includes(part.plan.program.name);
}
