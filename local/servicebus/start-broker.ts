import { createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { openStore } from '../store';
import { BrokerConnection, type ConnectionContext } from './amqp/broker-connection';
import { BrokerError } from './broker-error';
import { type Clock, systemClock } from './clock';
import { type Entities, parseEntities } from './entities';
import { Namespace } from './queues/namespace';
import { migrations } from './queues/rows';

export interface BrokerOptions {
  /** Where messages are kept; without it they are kept in memory. */
  readonly dataFolder?: string;
  readonly entities: Entities;
  /** 0 for any free port. */
  readonly port: number;
  /** The shared access key clients must show. */
  readonly key: string;
  readonly keyName?: string;
  readonly clock?: Clock;
  readonly log?: (message: string) => void;
}

export interface Broker {
  readonly port: number;
  readonly connectionString: string;
  stop(): Promise<void>;
}

const host = '127.0.0.1';

/** Starts a broker on this machine. Resolves when it listens. */
export async function startBroker(options: BrokerOptions): Promise<Broker> {
  const { dataFolder, key, keyName = 'local', clock = systemClock, log = () => undefined } = options;
  const entities = parseEntities(options.entities);
  const store = openStore({
    file: dataFolder === undefined ? ':memory:' : join(dataFolder, 'servicebus.db'),
    name: 'the Service Bus store',
    migrations,
  });
  try {
    const namespace = await Namespace.open({ store, clock, entities, log });
    const connections = new Set<BrokerConnection>();
    const context = { namespace, clock, accessKey: { name: keyName, key }, log };
    const server = createServer((socket) => accept(socket, context, connections));
    const port = await listen(server, options.port);
    const stop = async (): Promise<void> => {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      const goodbye = new BrokerError('amqp:connection:forced', 'The broker is stopping.');
      for (const connection of connections) connection.close(goodbye);
      await closed;
      namespace.stop();
      await store.close();
    };
    return { port, connectionString: connectionString(port, keyName, key), stop };
  } catch (error) {
    await store.close();
    throw error;
  }
}

function accept(socket: Socket, context: ConnectionContext, connections: Set<BrokerConnection>): void {
  const connection: BrokerConnection = new BrokerConnection(socket, context, () =>
    connections.delete(connection),
  );
  connections.add(connection);
}

function listen(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : port);
    });
  });
}

function connectionString(port: number, keyName: string, key: string): string {
  return `Endpoint=sb://${host}:${port};SharedAccessKeyName=${keyName};SharedAccessKey=${key};UseDevelopmentEmulator=true`;
}
