import { type Database, type Store } from '../../store';
import { type Container, findContainer } from '../data/containers';
import { Documents } from '../data/documents';
import { type Answer, type Request } from './request';

export interface Clock {
  /** Milliseconds since 1970, UTC. */
  now(): number;
}

/** What every route works with. */
export interface Service {
  readonly store: Store;
  readonly clock: Clock;
  readonly salt: string;
}

/** One request to a container or to what is in it. */
export interface ContainerCall {
  readonly service: Service;
  readonly request: Request;
  readonly databaseId: string;
  readonly containerId: string;
}

function documentsIn(database: Database, { service, databaseId, containerId }: ContainerCall): Documents {
  const container = findContainer(database, databaseId, containerId);
  return new Documents(database, container, service.salt, service.clock.now());
}

export function readDocuments<T>(call: ContainerCall, read: (documents: Documents) => T): T {
  return call.service.store.read((database) => read(documentsIn(database, call)));
}

export function writeDocuments<T>(call: ContainerCall, write: (documents: Documents) => T): Promise<T> {
  return call.service.store.write((database) => write(documentsIn(database, call)));
}

/** A list of resources as the service wraps it. */
export function feed(name: string, items: readonly string[], container?: Container): Answer {
  return {
    status: 200,
    headers: { 'x-ms-item-count': String(items.length) },
    body: `{"_rid":${JSON.stringify(container?.rid ?? '')},"${name}":[${items.join(',')}],"_count":${items.length}}`,
  };
}
