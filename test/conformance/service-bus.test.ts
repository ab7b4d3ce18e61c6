import { type ServiceBusClient } from '@azure/service-bus';
import { type Broker, startBroker } from '../../local/servicebus';
import { trialEntities } from '../support/servicebus/trial-entities';
import { rows } from './service-bus';
import { newClient } from './service-bus-rows/row';

describe('Service Bus, through its official client', () => {
  const azure = process.env['SERVICE_BUS_TEST'];
  let broker: Broker | null = null;
  let connectionString: string;
  let client: ServiceBusClient;

  beforeAll(async () => {
    if (azure === undefined)
      broker = await startBroker({ entities: trialEntities, port: 0, key: 'dHJpYWw=' });
    connectionString = azure ?? broker?.connectionString ?? '';
    client = newClient(connectionString);
  });

  afterAll(async () => {
    await client.close();
    await broker?.stop();
  });

  it.each(rows.map((row) => [`${row.operation} ${row.shows}`, row] as const))('%s', async (_, row) => {
    await row.run({ client, connectionString });
  });
});
