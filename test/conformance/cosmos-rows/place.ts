import type { Container, ContainerRequest, CosmosClient, Database, SqlQuerySpec } from '@azure/cosmos';
import { randomUUID } from 'node:crypto';

/** Where rows run: a database of their own in the catalogue server, or in an account in Azure. */
export interface Place {
  readonly client: CosmosClient;
  readonly database: Database;
  readonly endpoint: string;
  readonly key: string;
  readonly isLocal: boolean;
  /** Lets so much time pass for the server. */
  passTime(durationInMs: number): Promise<void>;
}

export interface CosmosRow {
  /** The SDK's name of the operation. */
  readonly operation: string;
  readonly shows: string;
  /** Faults on demand, and what only a stand-in refuses. */
  readonly onlyLocal?: boolean;
  run(place: Place): Promise<void>;
}

/** A new container with documents by `/partition`, or as asked. */
export async function newContainer(
  { database }: Place,
  definition: Partial<ContainerRequest> = {},
): Promise<Container> {
  const { container } = await database.containers.create({
    id: `c-${randomUUID()}`,
    partitionKey: { paths: ['/partition'] },
    ...definition,
  });
  return container;
}

export interface Item {
  readonly id: string;
  readonly partition: string;
  readonly [name: string]: unknown;
}

/** 12 documents in 3 partitions: `a0`..`a3`, `b0`.., `c0`.., with numbers, tags and holes to ask about. */
export async function filledContainer(place: Place): Promise<Container> {
  const container = await newContainer(place);
  const items = ['a', 'b', 'c'].flatMap((partition, row) =>
    [0, 1, 2, 3].map((column) => ({
      id: `${partition}${column}`,
      partition,
      number: row * 4 + column,
      half: column % 2 === 0 ? 'even' : 'odd',
      tags: ['x', `t${column}`],
      inner: { name: `Name ${column}`, deep: [{ at: row }] },
      ...(column === 3 ? {} : { optional: column === 2 ? null : column }),
    })),
  );
  await Promise.all(items.map((item) => container.items.create(item)));
  return container;
}

export async function queried(
  container: Container,
  query: string | SqlQuerySpec,
  partitionKey?: string,
): Promise<readonly unknown[]> {
  const options = partitionKey === undefined ? {} : { partitionKey };
  return (await container.items.query<unknown>(query, options).fetchAll()).resources;
}

/** The status a request was refused with, or 0 if it was not. */
export async function statusOf(request: Promise<unknown>): Promise<number> {
  try {
    await request;
    return 0;
  } catch (error) {
    return Number((error as { code?: unknown }).code);
  }
}
