import {
  createContainer,
  findContainer,
  listContainers,
  presentContainer,
  removeContainer,
  replaceContainer,
} from '../data/containers';
import {
  createDatabase,
  findDatabase,
  listDatabases,
  presentDatabase,
  removeDatabase,
} from '../data/databases';
import { badRequest, notFound, notImplemented } from '../failure';
import { isObject, type JsonObject } from '../json';
import { presentAccount } from './account';
import { routeBatch } from './batch';
import { routeChangeFeed } from './change-feed';
import { createItem, routeItem } from './item-routes';
import { routeQuery, routeReadFeed } from './query-route';
import { type Answer, parseJson, type Request } from './request';
import { answerList, isQuery } from './resource-query';
import { type ContainerCall, feed, type Service } from './service';

/** Which request is which. What the service knows and this server does not is a 501 that names it. */
export async function route(service: Service, request: Request): Promise<Answer> {
  const [dbs, databaseId, colls, containerId, kind, id, ...rest] = request.path;
  if (dbs === undefined) return presentAccount(request);
  if (dbs !== 'dbs') throw unknown(dbs, request);
  if (databaseId === undefined) return routeDatabases(service, request);
  if (colls === undefined) return routeDatabase(service, request, databaseId);
  if (colls !== 'colls') throw unknown(colls, request);
  if (containerId === undefined) return routeContainers(service, request, databaseId);
  const call = { service, request, databaseId, containerId };
  if (kind === undefined) return routeContainer(call);
  if (kind === 'pkranges' && id === undefined) return routeRanges(call);
  if (kind !== 'docs' || rest.length > 0) throw unknown(rest[0] ?? kind, request);
  return id === undefined ? routeItems(call) : routeItem(call, id);
}

const known =
  'offers users permissions sprocs triggers udfs conflicts attachments clientencryptionkeys media udts'.split(
    ' ',
  );

function unknown(what: string, { method }: Request): Error {
  return known.includes(what) ? notImplemented(`${method} on ${what}`) : notFound(`'${what}'`);
}

async function routeDatabases(service: Service, request: Request): Promise<Answer> {
  if (request.method === 'POST' && !isQuery(request)) {
    const body = parseJson(request.body);
    if (!isObject(body)) throw badRequest('The database must be a JSON object.');
    const row = await service.store.write((database) =>
      createDatabase(database, body['id'], service.clock.now()),
    );
    return created(presentDatabase(row));
  }
  if (request.method !== 'GET' && request.method !== 'POST') throw notImplemented(`${request.method} on dbs`);
  const resources = service.store.read(listDatabases).map(presentDatabase);
  return answerList(service, request, { name: 'Databases', resources });
}

async function routeDatabase(service: Service, request: Request, id: string): Promise<Answer> {
  switch (request.method) {
    case 'GET':
      return ok(presentDatabase(service.store.read((database) => findDatabase(database, id))));
    case 'DELETE':
      await service.store.write((database) => removeDatabase(database, id));
      return { status: 204 };
    default:
      throw notImplemented(`${request.method} on a database`);
  }
}

async function routeContainers(service: Service, request: Request, databaseId: string): Promise<Answer> {
  if (request.method === 'POST' && !isQuery(request)) {
    const body = parseJson(request.body);
    const nowInMs = service.clock.now();
    const container = await service.store.write((database) =>
      createContainer(database, { databaseId, body, nowInMs }),
    );
    return created(presentContainer(container));
  }
  if (request.method !== 'GET' && request.method !== 'POST') {
    throw notImplemented(`${request.method} on colls`);
  }
  const found = service.store.read((database) => listContainers(database, databaseId));
  return answerList(service, request, {
    name: 'DocumentCollections',
    resources: found.map(presentContainer),
  });
}

async function routeContainer({ service, request, databaseId, containerId }: ContainerCall): Promise<Answer> {
  const { store, clock } = service;
  switch (request.method) {
    case 'GET':
      return ok(presentContainer(store.read((database) => findContainer(database, databaseId, containerId))));
    case 'PUT': {
      const change = { databaseId, body: parseJson(request.body), nowInMs: clock.now() };
      return ok(
        presentContainer(await store.write((database) => replaceContainer(database, containerId, change))),
      );
    }
    case 'DELETE':
      await store.write((database) => removeContainer(database, databaseId, containerId));
      return { status: 204 };
    default:
      throw notImplemented(`${request.method} on a container`);
  }
}

/** One range holds every partition: this server never splits. */
function routeRanges({ service, databaseId, containerId }: ContainerCall): Answer {
  const container = service.store.read((database) => findContainer(database, databaseId, containerId));
  const range = {
    id: '0',
    _rid: container.rid,
    minInclusive: '',
    maxExclusive: 'FF',
    status: 'online',
    parents: [],
  };
  return feed('PartitionKeyRanges', [JSON.stringify(range)], container);
}

async function routeItems(call: ContainerCall): Promise<Answer> {
  const { request } = call;
  if (request.method === 'GET') {
    return request.header('a-im') === undefined ? routeReadFeed(call) : routeChangeFeed(call);
  }
  if (request.method !== 'POST') throw notImplemented(`${request.method} on docs`);
  if (request.header('x-ms-cosmos-is-query-plan-request') !== undefined) {
    throw badRequest('No query plan is needed: this server answers every query as a whole.');
  }
  if (isQuery(request)) return routeQuery(call);
  if (request.header('x-ms-cosmos-is-batch-request')?.toLowerCase() === 'true') return routeBatch(call);
  return createItem(call);
}

function ok(resource: JsonObject): Answer {
  const etag = resource['_etag'];
  return { status: 200, headers: typeof etag === 'string' ? { etag } : {}, body: JSON.stringify(resource) };
}

function created(resource: JsonObject): Answer {
  return { ...ok(resource), status: 201 };
}
