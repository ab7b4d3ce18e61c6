import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type ServiceBusClient } from '@azure/service-bus';
import { type Broker, startBroker } from '../../local/servicebus';
import { trialEntities } from '../support/servicebus/trial-entities';
import { type Verdict, writeSection } from './report';
import { rows } from './service-bus';
import { newClient } from './service-bus-rows/row';

const { SERVICE_BUS_TEST: azure, CONFORMANCE_REPORT } = process.env;

describe(azure === undefined ? 'the broker, through the official client' : 'Azure Service Bus', () => {
  const verdicts = new Map<number, Verdict>();
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
    const inOrder = rows.flatMap((_, index) => verdicts.get(index) ?? []);
    console.info(`Service Bus: ${inOrder.filter(({ passed }) => passed).length} of ${rows.length} rows pass`);
    if (CONFORMANCE_REPORT === '1' && azure === undefined)
      writeSection('service-bus', 'Service Bus', inOrder);
  });

  it.each(rows.map((row, index) => ({ row, index })))('$row.operation $row.shows', async ({ row, index }) => {
    const { operation, shows } = row;
    verdicts.set(index, { operation, shows, passed: false });
    await row.run({ client, connectionString });
    verdicts.set(index, { operation, shows, passed: true });
    expect(verdicts.get(index)).toMatchObject({ passed: true });
  });

  it('has a row for every operation that lifeboat uses', () => {
    const covered = new Set(rows.map(({ operation }) => operation));
    const used = sourcesThatUseTheClient().flatMap((source) =>
      [...source.matchAll(/\.(\w+)\(/g)].map(([, name]) => name),
    );
    const operations = new Set(used.filter((name) => name !== undefined && clientOperations.includes(name)));
    expect(operations.size).toBeGreaterThan(0);
    expect([...operations].filter((name) => !covered.has(name ?? ''))).toEqual([]);
  });
});

/** What the official client can do to a broker; opening and closing aside. */
const clientOperations = [
  'sendMessages',
  'createMessageBatch',
  'scheduleMessages',
  'cancelScheduledMessages',
  'receiveMessages',
  'receiveDeferredMessages',
  'peekMessages',
  'completeMessage',
  'abandonMessage',
  'deferMessage',
  'deadLetterMessage',
  'renewMessageLock',
  'acceptSession',
  'acceptNextSession',
  'getSessionState',
  'setSessionState',
  'renewSessionLock',
  'subscribe',
  'getMessageIterator',
  'createRuleManager',
];

function sourcesThatUseTheClient(): string[] {
  return ['shared/azure', 'local/host']
    .flatMap((folder) =>
      readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((file) => join(folder, file)),
    )
    .filter((file) => file.endsWith('.ts'))
    .map((file) => readFileSync(file, 'utf8'))
    .filter((source) => source.includes('@azure/service-bus'));
}
