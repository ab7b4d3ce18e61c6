import { z } from 'zod';
import { type DocumentRow, parseBody, presentDocument } from './document';
import type { Documents } from './documents';
import { badRequest, preconditionFailed } from '../failure';
import type { Json } from '../json';
import { compileCondition } from '../sql/compile-query';
import { givenOf } from '../sql/given';
import { parseQuery } from '../sql/parse/parse-query';
import { PatchOperation, patched } from './patch-operations';

const Patch = z.union([
  z.array(PatchOperation).transform((operations) => ({ operations, condition: undefined })),
  z.object({ operations: z.array(PatchOperation), condition: z.string().optional() }),
]);

const mostOperations = 10;

export interface PatchRequest {
  readonly partition: string;
  readonly id: string;
  readonly patch: Json;
  readonly ifMatch?: string;
}

/** Changes parts of a document, if it is at this etag and its condition holds: all of them, or none. */
export function patchDocument(documents: Documents, request: PatchRequest): DocumentRow {
  const { partition, id, ifMatch } = request;
  const parsed = Patch.safeParse(request.patch);
  if (!parsed.success) throw badRequest(`The patch is invalid: ${z.prettifyError(parsed.error)}`);
  const { operations, condition } = parsed.data;
  if (operations.length === 0 || operations.length > mostOperations) {
    throw badRequest(`A patch takes 1 to ${mostOperations} operations.`);
  }
  const row = documents.at(partition, id, ifMatch);
  if (condition !== undefined && !holds(documents, row, condition)) throw preconditionFailed();
  const body = operations.reduce(patched, parseBody(row.body));
  return documents.replace(partition, id, { body });
}

function holds(documents: Documents, row: DocumentRow, condition: string): boolean {
  const query = parseQuery(`SELECT VALUE true ${condition}`);
  const document = parseBody(presentDocument(row, documents.container, documents.salt));
  return compileCondition(query, givenOf([], documents.nowInMs))(document);
}
