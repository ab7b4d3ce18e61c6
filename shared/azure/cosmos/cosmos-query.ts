import type { SqlParameter, SqlQuerySpec } from '@azure/cosmos';
import { z } from 'zod';
import { LifeboatError } from '../../errors';
import type { RecordQuery } from '../../ports/records';
import { escapedId } from './cosmos-ids';

/** Where the next page begins: behind this id. It stays right whatever comes and goes in between. */
const Continuation = z.object({ after: z.string() });

/** Partition-scoped, ordered by id, so that it costs what it returns. One more than the limit is asked for. */
export function sqlOf(query: RecordQuery): SqlQuerySpec {
  const parameters: { name: string; value: SqlParameter['value'] }[] = [];
  const bind = (value: SqlParameter['value']): string => {
    parameters.push({ name: `@p${parameters.length}`, value });
    return `@p${parameters.length - 1}`;
  };
  const conditions = conditionsOf(query, bind);
  const top = query.limit === undefined ? '' : `TOP ${bind(query.limit + 1)} `;
  const where = conditions.length === 0 ? '' : ` WHERE ${conditions.join(' AND ')}`;
  const order = query.descending === true ? 'DESC' : 'ASC';
  return { query: `SELECT ${top}* FROM c${where} ORDER BY c.id ${order}`, parameters };
}

function conditionsOf(query: RecordQuery, bind: (value: SqlParameter['value']) => string): readonly string[] {
  const { idPrefix, where = {}, descending, continuation } = query;
  const conditions: string[] = [];
  if (idPrefix !== undefined && idPrefix !== '') {
    conditions.push(`STARTSWITH(c.id, ${bind(escapedId(idPrefix))})`);
  }
  if (continuation !== undefined) {
    conditions.push(`c.id ${descending === true ? '<' : '>'} ${bind(readContinuation(continuation))}`);
  }
  for (const [name, value] of Object.entries(where)) {
    conditions.push(`c.body[${JSON.stringify(name)}] = ${bind(value)}`);
  }
  return conditions;
}

/** Opaque to the caller. */
export function writeContinuation(after: string): string {
  return Buffer.from(JSON.stringify({ after })).toString('base64url');
}

function readContinuation(token: string): string {
  try {
    return Continuation.parse(JSON.parse(Buffer.from(token, 'base64url').toString())).after;
  } catch (cause) {
    throw new LifeboatError('BadRequest', 'this continuation was not made by the catalogue', { cause });
  }
}
