export { openStore, type Store, type StoreOptions } from './store';
export { type Database, type Row, type RunResult, type SqlValue, type Statement } from './database';
export { StoreError, type StoreErrorCode } from './errors';
