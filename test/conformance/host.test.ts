import { ServiceBusClient } from '@azure/service-bus';
import { type Broker, startBroker } from '../../local/servicebus';
import { type AppFolder, sampleApp } from '../support/host/app-folder';
import { sampleEntities } from '../support/host/sample-entities';
import { sampleHostFile } from '../support/host/sample-host-file';
import { startTestHost, type TestHost } from '../support/host/test-host';
import { rows } from './host';
import { writeHostSection } from './host-page';
import { type HostRow } from './host-rows/row';

let broker: Broker;
let folder: AppFolder;
let host: TestHost;
let bus: ServiceBusClient;
const failures = new Set<HostRow>(rows);

beforeAll(async () => {
  broker = await startBroker({ entities: sampleEntities, port: 0, key: 'dHJpYWw=' });
  folder = sampleApp('*', sampleHostFile);
  host = await startTestHost(folder, { environment: { SERVICE_BUS: broker.connectionString } });
  bus = new ServiceBusClient(broker.connectionString);
});

afterAll(async () => {
  await bus.close();
  await host.stop();
  await broker.stop();
  folder.remove();
  if (process.env['CONFORMANCE_PAGE'] === 'write') writeHostSection(rows, failures);
});

describe.each([...new Set(rows.map(({ area }) => area))])('%s', (area) => {
  const own = rows.filter((row) => row.area === area);
  it.each(own.map((row) => [row.shows, row] as const))('%s', async (_, row) => {
    await expect(row.run({ host, folder, bus })).resolves.toBeUndefined();
    failures.delete(row);
  });
});
