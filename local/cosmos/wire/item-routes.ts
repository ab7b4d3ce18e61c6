import type { Container } from '../data/containers';
import { etagOf, presentDocument, type DocumentRow } from '../data/document';
import type { Documents } from '../data/documents';
import { parsePartitionKey, partitionOf } from '../data/partition-key';
import { badRequest, notImplemented } from '../failure';
import { isObject, type Json } from '../json';
import { patchDocument } from '../data/patch';
import { type Answer, parseJson, type Request } from './request';
import { type ContainerCall, readDocuments, writeDocuments } from './service';

/** A document by its address: read, replace, patch, delete. */
export async function routeItem(call: ContainerCall, id: string): Promise<Answer> {
  const { request } = call;
  const ifMatch = request.header('if-match');
  const condition = ifMatch === undefined ? {} : { ifMatch };
  switch (request.method) {
    case 'GET':
      return readDocuments(call, (documents) => readItem(documents, id, request));
    case 'PUT': {
      const body = parseJson(request.body);
      return writeDocuments(call, (documents) => {
        const partition = partitionIn(request, documents.container);
        return found(200, documents, documents.replace(partition, id, { body, ...condition }));
      });
    }
    case 'PATCH': {
      const patch = parseJson(request.body);
      return writeDocuments(call, (documents) => {
        const partition = partitionIn(request, documents.container);
        return found(200, documents, patchDocument(documents, { partition, id, patch, ...condition }));
      });
    }
    case 'DELETE':
      return writeDocuments(call, (documents) => {
        documents.remove(partitionIn(request, documents.container), id, ifMatch);
        return { status: 204 };
      });
    default:
      throw notImplemented(`${request.method} on a document`);
  }
}

/** A new document, or with the header, one that takes the place of another. */
export function createItem(call: ContainerCall): Promise<Answer> {
  const { request } = call;
  const body = parseJson(request.body);
  const isUpsert = request.header('x-ms-documentdb-is-upsert')?.toLowerCase() === 'true';
  return writeDocuments(call, (documents) => {
    const partition = partitionIn(request, documents.container, body);
    if (!isUpsert) return found(201, documents, documents.create(partition, body));
    const [row, isNew] = documents.upsert(partition, body, request.header('if-match'));
    return found(isNew ? 201 : 200, documents, row);
  });
}

function readItem(documents: Documents, id: string, request: Request): Answer {
  const row = documents.at(partitionIn(request, documents.container), id);
  const etag = etagOf(row, documents.salt);
  if (request.header('if-none-match') === etag) return { status: 304, headers: { etag } };
  return found(200, documents, row);
}

function found(status: number, { container, salt }: Documents, row: DocumentRow): Answer {
  return { status, headers: { etag: etagOf(row, salt) }, body: presentDocument(row, container, salt) };
}

/** The one partition a request is about: named in its header, or by the document it brings. */
function partitionIn(request: Request, { definition }: Container, body?: Json): string {
  const header = request.header('x-ms-documentdb-partitionkey');
  if (header === undefined) {
    if (body !== undefined && isObject(body)) return partitionOf(body, definition);
    throw badRequest('PartitionKey value must be supplied for this operation.');
  }
  const { text, isWhole } = parsePartitionKey(header, definition);
  if (!isWhole) throw badRequest('PartitionKey must have a value for each path of the definition.');
  return text;
}
