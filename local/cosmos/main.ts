import { parseArgs } from 'node:util';
import { startCatalogue } from './index';

/** Runs the catalogue server as a process: `--port 8081 --data folder --key base64`. */
async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { port: { type: 'string' }, data: { type: 'string' }, key: { type: 'string' } },
  });
  if (values.key === undefined) throw new Error('--key is missing: the account key, base64');
  const catalogue = await startCatalogue({
    port: Number(values.port ?? 0),
    key: values.key,
    ...(values.data !== undefined && { dataFolder: values.data }),
  });
  console.log(`listening ${catalogue.port}`);
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.once(signal, () => void catalogue.stop().then(() => process.exit(0)));
  }
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
