import { type Database, type SqlValue } from '../../store';
import { finalStatuses, forgetInstance, type InstanceRow } from '../state/instances';
import { type Call, timeQuery } from './request';
import { Refusal } from './respond';

/** Which instances are meant. Entities are instances too, but only for those who ask for a prefix that starts with @. */
export interface InstanceFilter {
  readonly createdFromMs?: number | undefined;
  readonly createdToMs?: number | undefined;
  readonly statuses: readonly string[];
  readonly idPrefix: string;
}

const knownStatuses = [
  ...finalStatuses,
  'Pending',
  'Running',
  'Suspended',
  'ContinuedAsNew',
  'Canceled',
  'Unknown',
];
const defaultPageSize = 100;
const largestPageSize = 1000;

export function filterFrom(call: Call): InstanceFilter {
  const statuses = (call.query('runtimeStatus') ?? '').split(',').filter((status) => status !== '');
  return {
    createdFromMs: timeQuery(call, 'createdTimeFrom'),
    createdToMs: timeQuery(call, 'createdTimeTo'),
    statuses: statuses.map(knownStatus),
    idPrefix: call.query('instanceIdPrefix') ?? '',
  };
}

export interface Page {
  readonly rows: readonly InstanceRow[];
  readonly continuationToken?: string;
}

/** A page of instances in order of creation, starting behind the last of the page before. */
export function findPage(database: Database, filter: InstanceFilter, call: Call): Page {
  const size = pageSize(call);
  const [condition, values] = conditionOf(filter);
  const [created, id] = readToken(call.headers['x-ms-continuation-token']);
  const rows = database.all<InstanceRow>(
    `SELECT * FROM instance WHERE ${condition} AND (created, id) > (?, ?) ORDER BY created, id LIMIT ?`,
    ...[...values, created, id, size + 1],
  );
  const last = rows[size - 1];
  if (rows.length <= size || last === undefined) return { rows };
  return { rows: rows.slice(0, size), continuationToken: writeToken(last) };
}

/** Forgets finished instances; the number of those that were. */
export function purge(database: Database, filter: InstanceFilter): number {
  const [condition, values] = conditionOf(filter);
  const rows = database.all<{ id: string }>(
    `SELECT id FROM instance WHERE ${condition} AND finished IS NOT NULL`,
    ...values,
  );
  for (const { id } of rows) forgetInstance(database, id);
  return rows.length;
}

function conditionOf({
  createdFromMs,
  createdToMs,
  statuses,
  idPrefix,
}: InstanceFilter): [string, SqlValue[]] {
  const conditions: string[] = [idPrefix.startsWith('@') ? 'is_entity = 1' : 'is_entity = 0'];
  const values: SqlValue[] = [];
  const add = (condition: string, ...more: SqlValue[]): void => {
    conditions.push(condition);
    values.push(...more);
  };
  if (createdFromMs !== undefined) add('created >= ?', createdFromMs);
  if (createdToMs !== undefined) add('created <= ?', createdToMs);
  if (statuses.length > 0) add(`status IN (${statuses.map(() => '?').join(', ')})`, ...statuses);
  if (idPrefix !== '') add('substr(id, 1, ?) = ?', [...idPrefix].length, idPrefix);
  return [conditions.join(' AND '), values];
}

function knownStatus(status: string): string {
  const known = knownStatuses.find((name) => name.toLowerCase() === status.trim().toLowerCase());
  if (known === undefined)
    throw new Refusal(400, `runtimeStatus is not one of ${knownStatuses.join(', ')}: '${status}'`);
  return known;
}

function pageSize(call: Call): number {
  const top = call.query('top');
  if (top === undefined) return defaultPageSize;
  const size = Number(top);
  if (!Number.isInteger(size) || size < 1)
    throw new Refusal(400, `top is not a positive whole number: '${top}'`);
  return Math.min(size, largestPageSize);
}

function writeToken({ created, id }: InstanceRow): string {
  return Buffer.from(JSON.stringify([created, id])).toString('base64url');
}

function readToken(token: string | undefined): [number, string] {
  if (token === undefined || token === '') return [-1, ''];
  try {
    const [created, id] = JSON.parse(Buffer.from(token, 'base64url').toString('utf8')) as [unknown, unknown];
    if (typeof created === 'number' && typeof id === 'string') return [created, id];
  } catch {
    // Falls through to the refusal, as any other token that is none of ours.
  }
  throw new Refusal(400, 'x-ms-continuation-token is not a token of this API');
}
