import { type Database } from '../../store';
import { badRequest, conflict, notFound, partitionMismatch, preconditionFailed, tooLarge } from '../failure';
import { isObject, type Json, type JsonObject } from '../json';
import type { Container } from './containers';
import { bodyOf, documentColumns, type DocumentRow, etagOf, expiryOf, isLive } from './document';
import { checkedId } from './names';
import { partitionOf } from './partition-key';
import { claimUniqueValues, dropUniqueValues } from './unique-keys';

const largestDocument = 2 * 1024 * 1024;

/** Everything that one request, or one operation of a batch, does to documents. */
export class Documents {
  constructor(
    readonly database: Database,
    readonly container: Container,
    readonly salt: string,
    readonly nowInMs: number,
  ) {}

  find(partition: string, id: string): DocumentRow | undefined {
    const row = this.database.get<DocumentRow>(
      `SELECT ${documentColumns} FROM documents WHERE container = ? AND partition = ? AND id = ?`,
      ...[this.container.number, partition, id],
    );
    return row !== undefined && isLive(row, this.nowInMs) ? row : undefined;
  }

  /** The document, if it is there and at this etag. */
  at(partition: string, id: string, ifMatch?: string): DocumentRow {
    const row = this.find(partition, id);
    if (row === undefined) throw notFound(`document '${id}'`);
    this.#check(row, ifMatch);
    return row;
  }

  create(partition: string, body: Json): DocumentRow {
    const document = this.#accepted(partition, body);
    const id = checkedId(document['id']);
    if (this.find(partition, id) !== undefined) throw conflict(`document '${id}'`);
    return this.#write(partition, document);
  }

  /** True if it was not there before. */
  upsert(partition: string, body: Json, ifMatch?: string): readonly [DocumentRow, boolean] {
    const document = this.#accepted(partition, body);
    const found = this.find(partition, checkedId(document['id']));
    if (found !== undefined) this.#check(found, ifMatch);
    return [this.#write(partition, document, found), found === undefined];
  }

  replace(
    partition: string,
    id: string,
    change: { readonly body: Json; readonly ifMatch?: string },
  ): DocumentRow {
    const found = this.at(partition, id, change.ifMatch);
    const document = this.#accepted(partition, change.body);
    if (document['id'] !== id) {
      throw badRequest('The id of a document cannot be changed: the body names another than the address.');
    }
    return this.#write(partition, document, found);
  }

  remove(partition: string, id: string, ifMatch?: string): void {
    const { lsn } = this.at(partition, id, ifMatch);
    this.database.run('DELETE FROM documents WHERE lsn = ?', lsn);
    dropUniqueValues(this, partition, id);
  }

  #check(row: DocumentRow, ifMatch: string | undefined): void {
    if (ifMatch !== undefined && ifMatch !== '*' && ifMatch !== etagOf(row, this.salt)) {
      throw preconditionFailed();
    }
  }

  #accepted(partition: string, body: Json): JsonObject {
    if (!isObject(body)) throw badRequest('The document must be a JSON object.');
    if (partitionOf(body, this.container.definition) !== partition) throw partitionMismatch();
    return body;
  }

  /** Everything that may refuse comes before the first change, so that a refused operation has changed nothing. */
  #write(partition: string, document: JsonObject, replaced?: DocumentRow): DocumentRow {
    const body = bodyOf(document);
    if (Buffer.byteLength(body) > largestDocument) {
      throw tooLarge('Request size is too large: a document is at most 2 MB.');
    }
    const id = checkedId(document['id']);
    const { defaultTtl } = this.container.definition;
    const expiresAt = expiryOf(document, defaultTtl, this.nowInMs);
    claimUniqueValues(this, { partition, id, document });
    const { number } = this.container;
    const born = replaced === undefined ? null : (replaced.born ?? replaced.lsn);
    const { lastInsertRowid: lsn } = this.database.run(
      `INSERT OR REPLACE INTO documents (container, partition, id, born, writtenAt, expiresAt, body)
       VALUES (?, ?, ?, ?, ?, ?, ?)`,
      ...[number, partition, id, born, this.nowInMs, expiresAt, body],
    );
    return { lsn, container: number, partition, id, born, writtenAt: this.nowInMs, expiresAt, body };
  }
}
