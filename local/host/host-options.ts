import { type Clock } from './clock';
import { type LogLevel } from './log/logger';

/** How a host is started. */
export interface HostOptions {
  /** Where package.json, host.json and local.settings.json are. */
  readonly appFolder: string;
  /** Where keys, timers and durable state are kept. One host at a time. */
  readonly dataFolder: string;
  /** 0 takes a free one. */
  readonly port: number;
  readonly https?: {
    readonly port: number;
    readonly certificateFile: string;
    readonly privateKeyFile: string;
  };
  /** POSTed to before a Service Bus message is completed; only a 2xx lets it be completed. */
  readonly beforeSettleUrl?: string;
  /** Wins over host.json. */
  readonly logLevel?: LogLevel;
  /** Lets callers in without function keys, as `func start` does. */
  readonly ignoreKeys?: boolean;
  readonly maxBodyBytes?: number;
  /** How long running functions may take to end when the host stops. */
  readonly drainTimeoutInMs?: number;
  readonly clock?: Clock;
  readonly writeLine?: (line: string) => void;
  /** Told when the process has to end, because a function outlived `functionTimeout`. */
  readonly onFatal?: (sentence: string) => void;
}

export interface FunctionSummary {
  readonly name: string;
  readonly trigger: string;
  readonly url?: string;
  readonly methods?: readonly string[];
}

export interface Host {
  readonly port: number;
  readonly httpsPort: number | undefined;
  readonly functions: readonly FunctionSummary[];
  readonly inError: readonly { readonly name: string; readonly reason: string }[];
  /** Takes nothing new, lets running functions end, gives the data folder back. */
  stop(): Promise<void>;
}
