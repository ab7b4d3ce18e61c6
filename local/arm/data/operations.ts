import type { Database } from '../../store';

/** Long work on one resource. It is kept until it is asked for no more, and begun again after a crash. */
export interface Operation {
  readonly id: string;
  readonly verb: string;
  readonly resourceId: string;
  readonly status: 'InProgress' | 'Succeeded' | 'Failed';
  readonly startTime: string;
  readonly endTime?: string;
  readonly error?: { readonly code: string; readonly message: string };
}

interface Row {
  readonly body: string;
}

export function findOperation(database: Database, id: string): Operation | undefined {
  const row = database.get<Row>('SELECT body FROM operations WHERE id = ?', id);
  return row && (JSON.parse(row.body) as Operation);
}

export function putOperation(database: Database, operation: Operation): void {
  database.run(
    'INSERT OR REPLACE INTO operations (id, status, body) VALUES (?, ?, ?)',
    ...[operation.id, operation.status, JSON.stringify(operation)],
  );
}

export function unfinished(database: Database): Operation[] {
  return database
    .all<Row>("SELECT body FROM operations WHERE status = 'InProgress'")
    .map(({ body }) => JSON.parse(body) as Operation);
}
