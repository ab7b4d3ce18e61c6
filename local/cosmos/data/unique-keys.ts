import { Failure } from '../failure';
import { type JsonObject, textOf } from '../json';
import type { Documents } from './documents';
import { valueAt } from './partition-key';

interface Claim {
  readonly partition: string;
  readonly id: string;
  readonly document: JsonObject;
}

/** Refuses a document whose unique values another live document of the partition has; else takes them for it. */
export function claimUniqueValues(documents: Documents, { partition, id, document }: Claim): void {
  const { database, container } = documents;
  const keys = container.definition.uniqueKeyPolicy?.uniqueKeys ?? [];
  if (keys.length === 0) return;
  const values = keys.map(({ paths }, index) =>
    [index, ...paths.map((path) => textOf(valueAt(document, path)))].join(),
  );
  for (const value of values) {
    const holder = database.get<{ id: string }>(
      'SELECT id FROM unique_values WHERE container = ? AND partition = ? AND value = ?',
      ...[container.number, partition, value],
    );
    if (holder !== undefined && holder.id !== id && documents.find(partition, holder.id) !== undefined) {
      throw new Failure(409, 'Conflict', 'Unique index constraint violation.');
    }
  }
  dropUniqueValues(documents, partition, id);
  for (const value of values) {
    database.run(
      'INSERT OR REPLACE INTO unique_values (container, partition, value, id) VALUES (?, ?, ?, ?)',
      ...[container.number, partition, value, id],
    );
  }
}

export function dropUniqueValues({ database, container }: Documents, partition: string, id: string): void {
  if (container.definition.uniqueKeyPolicy === undefined) return;
  database.run(
    'DELETE FROM unique_values WHERE container = ? AND partition = ? AND id = ?',
    ...[container.number, partition, id],
  );
}
