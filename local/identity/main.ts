import { readFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { readDirectory, startIdentity } from './index';

/** `node main.js --port 7443 --data folder --directory file --cert file --key file` */
async function main(): Promise<void> {
  const text = { type: 'string' } as const;
  const { values } = parseArgs({
    options: { port: text, data: text, directory: text, cert: text, key: text },
  });
  const { port = '0', data, directory, cert, key } = values;
  if (data === undefined || directory === undefined || cert === undefined || key === undefined) {
    throw new Error('--data, --directory, --cert and --key are needed');
  }
  const identity = await startIdentity({
    directory: readDirectory(await readFile(directory, 'utf8'), directory),
    dataFolder: data,
    port: Number(port),
    certificate: await readFile(cert, 'utf8'),
    key: await readFile(key, 'utf8'),
  });
  const stop = (): void => void identity.stop().then(() => process.exit(0));
  process.once('SIGTERM', stop).once('SIGINT', stop);
  console.log(`listening ${identity.port}`);
}

main().catch((error: unknown) => {
  console.error(
    `The token issuer could not start: ${error instanceof Error ? error.message : String(error)}`,
  );
  process.exit(1);
});
