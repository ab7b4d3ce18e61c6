/** Data as a function's trigger takes it and as its result comes back. At most one property is set. */
export interface TypedData {
  readonly string?: string;
  readonly json?: string;
  readonly int?: number | string;
  readonly double?: number;
  readonly bytes?: Uint8Array;
}

export type FunctionKind = 'orchestrator' | 'activity' | 'entity';

/** The time, from outside. `schedule` may run early: the engine looks at `now` again. */
export interface Clock {
  now(): number;
  schedule(atMs: number, run: () => void): () => void;
}

/** Where clients reach the management API. Both bases end without a query; `rpcBase` ends with a slash. */
export interface Origin {
  readonly publicBase: string;
  readonly rpcBase: string;
  readonly systemKey: string;
}

export interface DurableEngineOptions {
  readonly dataFolder: string;
  readonly hubName: string;
  readonly clock?: Clock;
  /** Ids of instances and executions; random unless given. */
  readonly newId?: () => string;
  readonly functions: {
    readonly orchestrators: readonly string[];
    readonly activities: readonly string[];
    readonly entities: readonly string[];
  };
  /** Runs one function with this trigger payload; rejects with the function's error. */
  invoke(kind: FunctionKind, functionName: string, data: TypedData): Promise<TypedData | null | undefined>;
  log?(level: 'info' | 'warning' | 'error', message: string): void;
  readonly maxConcurrentActivities?: number;
  readonly maxConcurrentOrchestrators?: number;
  /** Finished instances older than this are forgotten. Never, unless given. */
  readonly retainFinishedForMs?: number;
  /** How often an activity may take the process down with it before it counts as failed. */
  readonly maxActivityRestarts?: number;
  readonly historyCacheBytes?: number;
  readonly crashPoint?: (name: string) => void;
}

export interface ManagementRequest {
  readonly method: string;
  /** Relative to the base of the API, with its query: `instances/abc?showInput=true`. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
  readonly origin: Origin;
}

export interface ManagementResponse {
  readonly status: number;
  readonly headers: Record<string, string>;
  readonly body: string;
}

export interface DurableEngine {
  start(): void;
  /** Takes on no new work and waits for what runs, at most this long. */
  drain(timeoutInMs: number): Promise<void>;
  close(): Promise<void>;
  /** The management HTTP API. */
  handle(request: ManagementRequest): Promise<ManagementResponse>;
  /** The JSON a durableClient binding hands to the function. */
  clientBinding(origin: Origin): string;
  /** History of an instance with the host's own notes, for recorders. */
  history(instanceId: string): readonly object[];
}
