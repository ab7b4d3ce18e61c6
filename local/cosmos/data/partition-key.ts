import { badRequest } from '../failure';
import { isArray, isObject, type Json, type JsonObject, propertyOf, type Value } from '../json';
import { type ContainerDefinition, namesInPath } from './container-definition';

/** A whole partition key names one partition; the first parts of a hierarchical one name all that begin so. */
export interface PartitionKey {
  readonly text: string;
  readonly isWhole: boolean;
}

/** The key as it stands in a header or in an operation of a bulk request: a JSON array. */
export function parsePartitionKey(text: string, { partitionKey }: ContainerDefinition): PartitionKey {
  const parts = parsed(text);
  if (!isArray(parts) || parts.length > partitionKey.paths.length || !parts.every(isPart)) {
    throw badRequest('The partition key supplied in x-ms-documentdb-partitionkey is invalid.');
  }
  return { text: JSON.stringify(parts), isWhole: parts.length === partitionKey.paths.length };
}

/** The partition a document belongs to. What it does not have is `{}` in the key. */
export function partitionOf(document: JsonObject, { partitionKey }: ContainerDefinition): string {
  const parts = partitionKey.paths.map((path) => valueAt(document, path) ?? {});
  if (!parts.every(isPart)) {
    throw badRequest('The partition key of the document is neither a text, a number, a boolean nor null.');
  }
  return JSON.stringify(parts);
}

export function valueAt(document: Json, path: string): Value {
  return namesInPath(path).reduce<Value>(
    (value, name) => (isObject(value) ? propertyOf(value, name) : undefined),
    document,
  );
}

function isPart(part: Json): boolean {
  return isObject(part) ? Object.keys(part).length === 0 : !isArray(part);
}

function parsed(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch {
    throw badRequest('The partition key supplied in x-ms-documentdb-partitionkey is not JSON.');
  }
}
