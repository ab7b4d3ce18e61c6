import { type Container, CosmosClient, type CosmosClientOptions, type ItemDefinition } from '@azure/cosmos';
import { z } from 'zod';
import { LifeboatError } from '../errors';
import type { RecordKey, RecordPage, RecordQuery, Records, StoredRecord } from '../ports/records';
import { refusing, statusOf } from './cosmos/cosmos-errors';
import { checkedKey, unescapedId } from './cosmos/cosmos-ids';
import { sqlOf, writeContinuation } from './cosmos/cosmos-query';

export interface CosmosRecordsOptions {
  readonly endpoint: string;
  /** The account key; without one the credential is used. */
  readonly key?: string;
  readonly credential?: CosmosClientOptions['aadCredentials'];
  readonly database: string;
  /** Locally both are made when they are missing; in Azure the infrastructure makes them. */
  readonly createMissing?: boolean;
}

/** One document of the container: the record's body is kept apart from the names that the service adds. */
const Document = z.object({ id: z.string(), partition: z.string(), body: z.unknown(), _etag: z.string() });

const containerName = 'records';

/** The catalogue in Cosmos DB. Throttled and failed requests are repeated by the SDK, up to half a minute. */
export function cosmosRecords(options: CosmosRecordsOptions): Records {
  const { endpoint, key, credential } = options;
  const client = new CosmosClient({
    endpoint,
    ...(key !== undefined && { key }),
    ...(key === undefined && credential !== undefined && { aadCredentials: credential }),
    connectionPolicy: {
      requestTimeout: 10_000,
      enableBackgroundEndpointRefreshing: false,
      retryOptions: {
        maxRetryAttemptCount: 20,
        fixedRetryIntervalInMilliseconds: 0,
        maxWaitTimeInSeconds: 30,
      },
    },
  });
  return new CosmosRecords(client, options);
}

class CosmosRecords implements Records {
  readonly #container: Container;
  readonly #isToCreate: boolean;
  #ready: Promise<void> | undefined;

  constructor(client: CosmosClient, { database, createMissing = true }: CosmosRecordsOptions) {
    this.#container = client.database(database).container(containerName);
    this.#isToCreate = createMissing;
  }

  async get(key: RecordKey): Promise<StoredRecord | undefined> {
    const { partition, id } = checkedKey(key);
    const container = await this.#open();
    const { resource } = await container.item(id, partition).read<ItemDefinition>();
    return resource === undefined ? undefined : recordFrom(resource);
  }

  async create(key: RecordKey, body: object): Promise<StoredRecord> {
    const document = { ...checkedKey(key), body };
    const { items } = await this.#open();
    const { resource } = await refusing(`create ${key.id}`, items.create<ItemDefinition>(document));
    return recordFrom(resource);
  }

  async replace(key: RecordKey, body: object, etag: string): Promise<StoredRecord> {
    const document = { ...checkedKey(key), body };
    const container = await this.#open();
    const accessCondition = { type: 'IfMatch', condition: etag };
    const replaced = container.item(document.id, document.partition).replace<typeof document>(document, {
      accessCondition,
    });
    return recordFrom((await refusing(`replace ${key.id}`, replaced)).resource);
  }

  async put(key: RecordKey, body: object): Promise<StoredRecord> {
    const document = { ...checkedKey(key), body };
    const { items } = await this.#open();
    const { resource } = await refusing(`put ${key.id}`, items.upsert<ItemDefinition>(document));
    return recordFrom(resource);
  }

  async remove(key: RecordKey, etag?: string): Promise<void> {
    const { partition, id } = checkedKey(key);
    const container = await this.#open();
    const options = etag === undefined ? {} : { accessCondition: { type: 'IfMatch', condition: etag } };
    try {
      await refusing(`remove ${key.id}`, container.item(id, partition).delete(options));
    } catch (error) {
      if (!(error instanceof LifeboatError && error.code === 'NotFound')) throw error;
    }
  }

  async list(partition: string, query: RecordQuery = {}): Promise<RecordPage> {
    const { partition: partitionKey } = checkedKey({ partition, id: 'any' });
    const sql = sqlOf(query);
    const { items } = await this.#open();
    const found = await items.query<unknown>(sql, { partitionKey, maxItemCount: 1000 }).fetchAll();
    const documents = found.resources.map((resource) => Document.parse(resource));
    const page = documents.slice(0, query.limit);
    const last = page.at(-1);
    const records = page.map(recordFrom);
    if (last === undefined || page.length === documents.length) return { records };
    return { records, continuation: writeContinuation(last.id) };
  }

  /** Looks once whether database and container are there. A failed look is repeated by the next call. */
  async #open(): Promise<Container> {
    if (this.#isToCreate) {
      this.#ready ??= this.#create().catch((error: unknown) => {
        this.#ready = undefined;
        throw error;
      });
      await this.#ready;
    }
    return this.#container;
  }

  async #create(): Promise<void> {
    const { database } = this.#container;
    await unlessThere(database.client.databases.createIfNotExists({ id: database.id }));
    const definition = { id: containerName, partitionKey: { paths: ['/partition'] } };
    await unlessThere(database.containers.createIfNotExists(definition));
  }
}

/** Two that start at once may both find nothing; one of them then comes second, which is as good. */
async function unlessThere(creating: Promise<unknown>): Promise<void> {
  try {
    await creating;
  } catch (error) {
    if (statusOf(error) !== 409) throw error;
  }
}

function recordFrom(resource: unknown): StoredRecord {
  const { partition, id, body, _etag } = Document.parse(resource);
  return { partition, id: unescapedId(id), body, etag: _etag };
}
