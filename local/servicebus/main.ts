import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { startBroker } from './start-broker';
import { type Entities } from './entities';

/** Runs the broker as a process of its own. */
async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      port: { type: 'string', default: '5672' },
      data: { type: 'string' },
      entities: { type: 'string' },
      key: { type: 'string' },
      'key-name': { type: 'string' },
    },
  });
  const { data, entities, key, 'key-name': keyName } = values;
  if (entities === undefined || key === undefined) {
    throw new Error(
      'usage: main --entities <file> --key <key> [--port <port>] [--data <folder>] [--key-name <name>]',
    );
  }
  const broker = await startBroker({
    ...(data !== undefined && { dataFolder: data }),
    ...(keyName !== undefined && { keyName }),
    entities: JSON.parse(readFileSync(entities, 'utf8')) as Entities,
    port: Number(values.port),
    key,
    log: (message) => console.error(message),
  });
  const stop = (): void => void broker.stop().then(() => process.exit(0));
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
  console.log(`listening ${broker.port}`);
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
});
