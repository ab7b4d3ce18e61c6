import assert from 'node:assert/strict';
import { CosmosClient } from '@azure/cosmos';
import { type CosmosRow, newContainer, type Place, statusOf } from './place';

async function throttle({ endpoint, key }: Place, requests: number): Promise<void> {
  const answer = await fetch(new URL('/_admin/throttle', endpoint), {
    method: 'PUT',
    headers: { 'x-admin-key': key },
    body: JSON.stringify({ requests, retryAfterInMs: 5 }),
  });
  assert.equal(answer.status, 204);
}

/** What the service does when it is asked for too much. */
export const faultRows: readonly CosmosRow[] = [
  {
    operation: 'any request',
    shows: 'is repeated by the SDK after 429 with x-ms-retry-after-ms',
    onlyLocal: true,
    run: async (place) => {
      const container = await newContainer(place);
      await throttle(place, 3);
      assert.equal((await container.items.create({ id: 'x', partition: 'p' })).statusCode, 201);
      await throttle(place, 0);
    },
  },
  {
    operation: 'any request',
    shows: 'fails with 429 when the SDK is told not to repeat it',
    onlyLocal: true,
    run: async (place) => {
      const container = await newContainer(place);
      await container.items.create({ id: 'x', partition: 'p' });
      const hasty = new CosmosClient({
        endpoint: place.endpoint,
        key: place.key,
        connectionPolicy: {
          enableBackgroundEndpointRefreshing: false,
          retryOptions: {
            maxRetryAttemptCount: 0,
            fixedRetryIntervalInMilliseconds: 0,
            maxWaitTimeInSeconds: 0,
          },
        },
      });
      await throttle(place, 1);
      const read = hasty.database(place.database.id).container(container.id).item('x', 'p').read();
      assert.equal(await statusOf(read), 429);
      await throttle(place, 0);
      hasty.dispose();
    },
  },
];
