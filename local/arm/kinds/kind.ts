import type { Database } from '../../store';
import type { Resource, ResourceBody } from '../data/resource';

export interface PutCall {
  readonly database: Database;
  readonly id: string;
  readonly name: string;
  readonly body: ResourceBody;
  readonly existing: Resource | undefined;
  readonly nowInMs: number;
  /** New identifiers. */
  readonly uuid: () => string;
}

/** One type of resource: what it checks, keeps and gives up. Everything here is part of one transaction. */
export interface Kind {
  readonly type: string;
  /** Its making goes on after the answer. */
  readonly isLong: boolean;
  /** What a new one is answered with: 201, but for the few that the service itself answers otherwise. */
  readonly createdStatus?: 200 | 201;
  put(call: PutCall): Resource;
  /** Refuses if it is in use. */
  checkRemoval?(database: Database, resource: Resource): void;
  /** Undoes what it holds elsewhere. */
  removed?(database: Database, resource: Resource): void;
}
