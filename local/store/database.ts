import type Libsql from 'libsql';

/** What a column can hold. Blobs always come back as `Uint8Array`. */
export type SqlValue = string | number | bigint | Uint8Array | null;
export type Row = Readonly<Record<string, SqlValue>>;

export interface RunResult {
  readonly changes: number;
  readonly lastInsertRowid: number;
}

export interface Statement<R = Row> {
  run(...values: readonly SqlValue[]): RunResult;
  get(...values: readonly SqlValue[]): R | undefined;
  all(...values: readonly SqlValue[]): R[];
}

/** A thin typed view of one SQLite connection. Every statement is prepared once and kept. */
export interface Database {
  prepare<R = Row>(sql: string): Statement<R>;
  run(sql: string, ...values: readonly SqlValue[]): RunResult;
  get<R = Row>(sql: string, ...values: readonly SqlValue[]): R | undefined;
  all<R = Row>(sql: string, ...values: readonly SqlValue[]): R[];
  /** Runs one or more statements without values. Nothing is cached. */
  exec(sql: string): void;
}

const keptStatements = 500;

export function viewOf(connection: Libsql.Database): Database {
  const statements = new Map<string, Statement>();

  const prepare = (sql: string): Statement => {
    const known = statements.get(sql);
    if (known !== undefined) return known;
    if (statements.size >= keptStatements) statements.clear();
    const prepared = prepareOn(connection, sql);
    statements.set(sql, prepared);
    return prepared;
  };

  return {
    prepare: <R>(sql: string) => prepare(sql) as Statement<R>,
    run: (sql, ...values) => prepare(sql).run(...values),
    get: <R>(sql: string, ...values: readonly SqlValue[]) => prepare(sql).get(...values) as R | undefined,
    all: <R>(sql: string, ...values: readonly SqlValue[]) => prepare(sql).all(...values) as R[],
    exec: (sql) => void connection.exec(sql),
  };
}

function prepareOn(connection: Libsql.Database, sql: string): Statement {
  const statement = connection.prepare(sql);
  return {
    run: (...values) => {
      const { changes, lastInsertRowid } = statement.run(bindable(values));
      return { changes, lastInsertRowid: Number(lastInsertRowid) };
    },
    get: (...values) => rowFrom(statement.get(bindable(values))),
    all: (...values) => {
      const rows = statement.all(bindable(values));
      for (const row of rows) viewBlobs(row as Record<string, unknown>);
      return rows as Row[];
    },
  };
}

/** libsql binds every number as REAL, and a boolean aborts the whole process: whole numbers go as bigint, others are refused. */
function bindable(values: readonly SqlValue[]): SqlValue[] {
  return values.map((value) => {
    if (typeof value === 'number') return Number.isSafeInteger(value) ? BigInt(value) : value;
    if (value === null || typeof value === 'string' || typeof value === 'bigint') return value;
    if (ArrayBuffer.isView(value)) return value;
    throw new TypeError(`SQLite cannot hold a value of type ${typeof value}`);
  });
}

/** `get` adds a `_metadata` property of libsql's own. */
function rowFrom(found: unknown): Row | undefined {
  if (found === undefined) return undefined;
  const { _metadata, ...row } = found as Record<string, SqlValue>;
  return row;
}

/** `all` answers with ArrayBuffers where `get` answers with Buffers. */
function viewBlobs(row: Record<string, unknown>): void {
  for (const name in row) {
    const value = row[name];
    if (value instanceof ArrayBuffer) row[name] = Buffer.from(value);
  }
}
