import { type Database, type SqlValue } from '../../store';
import { documentColumns, type DocumentRow } from './document';
import type { PartitionKey } from './partition-key';

/** Which documents of a container to go through, in the order of partition and id. */
export interface Scan {
  readonly container: number;
  readonly partition?: PartitionKey;
  readonly fromId?: string;
  readonly toId?: string;
  readonly isDescending?: boolean;
  /** Go on behind this document. */
  readonly after?: { readonly partition: string; readonly id: string };
}

const smallestChunk = 64;
const largestChunk = 1024;

/** Reads the index in chunks that grow, so that a query that needs few documents reads few. */
export function* scanned(database: Database, scan: Scan): Generator<DocumentRow> {
  let after = scan.after;
  for (let size = smallestChunk; ; size = Math.min(size * 4, largestChunk)) {
    const { where, order, values } = conditionsOf({ ...scan, ...(after !== undefined && { after }) });
    const rows = database.all<DocumentRow>(
      `SELECT ${documentColumns} FROM documents WHERE ${where} ORDER BY ${order} LIMIT ?`,
      ...[...values, size],
    );
    yield* rows;
    after = rows.at(-1);
    if (rows.length < size || after === undefined) return;
  }
}

interface Conditions {
  readonly where: string;
  readonly order: string;
  readonly values: readonly SqlValue[];
}

function conditionsOf({ container, partition, fromId, toId, isDescending, after }: Scan): Conditions {
  const [direction, beyond] = isDescending === true ? ['DESC', '<'] : ['ASC', '>'];
  const parts: (readonly [string, ...SqlValue[]])[] = [['container = ?', container]];
  if (partition?.isWhole === true) {
    parts.push(['partition = ?', partition.text]);
    if (after !== undefined) parts.push([`id ${beyond} ?`, after.id]);
  } else {
    if (partition !== undefined) parts.push(['partition >= ? AND partition < ?', ...prefixRange(partition)]);
    if (after !== undefined) parts.push([`(partition, id) ${beyond} (?, ?)`, after.partition, after.id]);
  }
  if (fromId !== undefined) parts.push(['id >= ?', fromId]);
  if (toId !== undefined) parts.push(['id <= ?', toId]);
  return {
    where: parts.map(([condition]) => condition).join(' AND '),
    order: partition?.isWhole === true ? `id ${direction}` : `partition ${direction}, id ${direction}`,
    values: parts.flatMap(([, ...values]) => values),
  };
}

/** `["a"]` begins `["a","b"]`: all texts from `["a",` up to the character after the comma. */
function prefixRange({ text }: PartitionKey): readonly [string, string] {
  const begin = text.slice(0, -1);
  return begin === '[' ? [begin, '\\'] : [`${begin},`, `${begin}-`];
}
