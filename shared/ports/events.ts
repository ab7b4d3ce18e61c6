/** A CloudEvents 1.0 event, before its envelope. */
export interface LifeboatEvent {
  /** Stable: publishing the same happening again uses the same id, and subscribers drop the double. */
  readonly id: string;
  /** `lifeboat.recovery-point.created`, `lifeboat.health.changed`, ... */
  readonly type: string;
  /** The resource it happened to. */
  readonly subject: string;
  readonly timeInMs: number;
  readonly data: object;
}

/** Tells subscribers. At least once, in no promised order. */
export interface Events {
  publish(event: LifeboatEvent): Promise<void>;
}
