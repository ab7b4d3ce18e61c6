import { type Database, type Store } from '../store';
import { type Clock, type FunctionKind, type TypedData } from './contract';
import { type Changes } from './state/changes';
import { type HistoryCache } from './state/history-cache';

/** What every part of the engine works with. */
export interface EngineContext {
  readonly store: Store;
  readonly clock: Clock;
  readonly cache: HistoryCache;
  readonly newId: () => string;
  readonly invoke: (
    kind: FunctionKind,
    name: string,
    data: TypedData,
  ) => Promise<TypedData | null | undefined>;
  readonly log: (level: 'info' | 'warning' | 'error', message: string) => void;
  readonly crashPoint: (name: string) => void;
  /** The registered name of a function, whatever the case it was asked for in. */
  readonly registered: (kind: FunctionKind, name: string) => string | undefined;
  /** The names of all functions of a kind, for messages. */
  readonly known: (kind: FunctionKind) => string;
  /** One transaction; what it sets in motion begins when it is durable. */
  commit<T>(change: (database: Database, changes: Changes) => T): Promise<T>;
}
