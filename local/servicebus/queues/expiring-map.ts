import { type Clock } from '../clock';

interface Timed<V> {
  readonly value: V;
  readonly expiresAtMs: number;
}

/** A map whose entries all live equally long from when they were set: the oldest is always the next to go, so one timer serves all. */
export class ExpiringMap<K, V> {
  readonly #entries = new Map<K, Timed<V>>();
  #cancelTimer: (() => void) | null = null;

  constructor(
    private readonly clock: Clock,
    private readonly lifetimeInMs: number,
    private readonly onExpire: (key: K, value: V) => void,
  ) {}

  get size(): number {
    return this.#entries.size;
  }

  get(key: K): V | undefined {
    return this.#entries.get(key)?.value;
  }

  /** Sets or renews, and answers when the entry will go. */
  set(key: K, value: V): number {
    const expiresAtMs = this.clock.now() + this.lifetimeInMs;
    this.#entries.delete(key);
    this.#entries.set(key, { value, expiresAtMs });
    if (this.#cancelTimer === null) this.#arm(this.lifetimeInMs);
    return expiresAtMs;
  }

  /** Takes an entry out unless its time is over. */
  take(key: K): V | undefined {
    const found = this.#entries.get(key);
    if (found === undefined || found.expiresAtMs <= this.clock.now()) return undefined;
    this.#entries.delete(key);
    return found.value;
  }

  delete(key: K): void {
    this.#entries.delete(key);
  }

  stop(): void {
    this.#cancelTimer?.();
    this.#cancelTimer = null;
    this.#entries.clear();
  }

  #arm(delayInMs: number): void {
    this.#cancelTimer = this.clock.after(delayInMs, () => this.#expire());
  }

  #expire(): void {
    this.#cancelTimer = null;
    const now = this.clock.now();
    for (const [key, { value, expiresAtMs }] of this.#entries) {
      if (expiresAtMs > now) {
        this.#arm(expiresAtMs - now);
        return;
      }
      this.#entries.delete(key);
      this.onExpire(key, value);
    }
  }
}
