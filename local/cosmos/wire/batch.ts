import { z } from 'zod';
import { etagOf, presentDocument, type DocumentRow } from '../data/document';
import type { Documents } from '../data/documents';
import { parsePartitionKey } from '../data/partition-key';
import { badRequest, Failure, tooLarge } from '../failure';
import { patchDocument } from '../data/patch';
import { type Answer, parseJson, type Request } from './request';
import { type ContainerCall, writeDocuments } from './service';

const Operation = z.object({
  operationType: z.enum(['Create', 'Upsert', 'Read', 'Replace', 'Delete', 'Patch']),
  id: z.string().optional(),
  resourceBody: z.json().optional(),
  partitionKey: z.string().optional(),
  ifMatch: z.string().optional(),
  ifNoneMatch: z.string().optional(),
});
type Operation = z.infer<typeof Operation>;

interface Outcome {
  readonly status: number;
  readonly row?: DocumentRow;
}

const mostOperations = 100;
const largestBatch = 2 * 1024 * 1024;

/** Up to 100 operations: with the atomic header all or none, else each by itself. */
export async function routeBatch(call: ContainerCall): Promise<Answer> {
  const { request } = call;
  const isAtomic = request.header('x-ms-cosmos-batch-atomic')?.toLowerCase() === 'true';
  const operations = parseOperations(request.body);
  if (isAtomic && Buffer.byteLength(request.body) > largestBatch) {
    throw tooLarge('Request size is too large: a transactional batch is at most 2 MB.');
  }
  if (!isAtomic) {
    const goesOn = request.header('x-ms-cosmos-batch-continue-on-error')?.toLowerCase() !== 'false';
    return writeDocuments(call, (documents) => runEach(documents, operations, { request, goesOn }));
  }
  try {
    return await writeDocuments(call, (documents) => runAll(documents, operations, request));
  } catch (error) {
    // Thrown, so that the store undid what the operations before the failed one had changed.
    if (error instanceof FailedBatch) return error.answer;
    throw error;
  }
}

class FailedBatch extends Error {
  constructor(readonly answer: Answer) {
    super('an operation of the batch was refused');
  }
}

function parseOperations(body: string): readonly Operation[] {
  const parsed = z.array(Operation).min(1).max(mostOperations).safeParse(parseJson(body));
  if (!parsed.success) throw badRequest(`The batch is invalid: ${z.prettifyError(parsed.error)}`);
  return parsed.data;
}

function runAll(documents: Documents, operations: readonly Operation[], request: Request): Answer {
  const results: string[] = [];
  for (const [index, operation] of operations.entries()) {
    const outcome: Outcome | Failure = attempt(documents, operation, request);
    if (outcome instanceof Failure) {
      const failure = outcome;
      const failed = operations.map((_, other) => refused(other === index ? failure.status : 424));
      throw new FailedBatch({ status: 207, body: `[${failed.join(',')}]` });
    }
    results.push(presented(documents, outcome, request));
  }
  return { status: 200, body: `[${results.join(',')}]` };
}

function runEach(
  documents: Documents,
  operations: readonly Operation[],
  { request, goesOn }: { readonly request: Request; readonly goesOn: boolean },
): Answer {
  const results: string[] = [];
  let hasFailed = false;
  for (const operation of operations) {
    const outcome: Outcome | Failure =
      hasFailed && !goesOn ? new Failure(424, '', '') : attempt(documents, operation, request);
    hasFailed ||= outcome instanceof Failure;
    results.push(
      outcome instanceof Failure ? refused(outcome.status) : presented(documents, outcome, request),
    );
  }
  return { status: hasFailed ? 207 : 200, body: `[${results.join(',')}]` };
}

function attempt(documents: Documents, operation: Operation, request: Request): Outcome | Failure {
  try {
    return run(documents, operation, request);
  } catch (error) {
    if (error instanceof Failure) return error;
    throw error;
  }
}

function run(documents: Documents, operation: Operation, request: Request): Outcome {
  const { operationType, id = '', ifMatch, ifNoneMatch, resourceBody: body = null } = operation;
  const partition = partitionOf(documents, operation, request);
  const condition = ifMatch === undefined ? {} : { ifMatch };
  switch (operationType) {
    case 'Create':
      return { status: 201, row: documents.create(partition, body) };
    case 'Upsert': {
      const [row, isNew] = documents.upsert(partition, body, ifMatch);
      return { status: isNew ? 201 : 200, row };
    }
    case 'Read': {
      const row = documents.at(partition, id);
      return ifNoneMatch === etagOf(row, documents.salt) ? { status: 304 } : { status: 200, row };
    }
    case 'Replace':
      return { status: 200, row: documents.replace(partition, id, { body, ...condition }) };
    case 'Delete':
      documents.remove(partition, id, ifMatch);
      return { status: 204 };
    case 'Patch':
      return { status: 200, row: patchDocument(documents, { partition, id, patch: body, ...condition }) };
  }
}

function partitionOf(documents: Documents, operation: Operation, request: Request): string {
  const text = operation.partitionKey ?? request.header('x-ms-documentdb-partitionkey');
  if (text === undefined) throw badRequest('PartitionKey value must be supplied for this operation.');
  const { text: partition, isWhole } = parsePartitionKey(text, documents.container.definition);
  if (!isWhole) throw badRequest('PartitionKey must have a value for each path of the definition.');
  const header = request.header('x-ms-documentdb-partitionkey');
  if (header !== undefined && parsePartitionKey(header, documents.container.definition).text !== partition) {
    throw badRequest('An operation of a transactional batch names another partition than the batch.');
  }
  return partition;
}

function refused(status: number): string {
  return JSON.stringify({ statusCode: status, requestCharge: status === 424 ? 0 : 1 });
}

function presented(documents: Documents, { status, row }: Outcome, request: Request): string {
  const result = { statusCode: status, requestCharge: 1 };
  if (row === undefined) return JSON.stringify(result);
  const withEtag = JSON.stringify({ ...result, eTag: etagOf(row, documents.salt) });
  if (request.header('prefer') === 'return=minimal') return withEtag;
  return `${withEtag.slice(0, -1)},"resourceBody":${presentDocument(row, documents.container, documents.salt)}}`;
}
