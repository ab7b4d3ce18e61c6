/** One function's ear: a timer, a queue ... */
export interface Listener {
  start(): void;
  /** Takes nothing new. Resolves when what it was doing is done. */
  stop(): Promise<void>;
}
