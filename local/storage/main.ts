import { parseArgs } from 'node:util';
import { startStorage, type StorageOptions } from './index';

const usage =
  '--account name:key --port 10000 --control-port 10001 --data folder --cert file --key file [--issuer prefix]';

/** Runs one account until it is told to end. */
async function main(): Promise<void> {
  const storage = await startStorage(optionsFrom(process.argv.slice(2)));
  const stop = (): void => {
    storage.stop().then(
      () => process.exit(0),
      (error: unknown) => end('could not save on its way out', error),
    );
  };
  process.once('SIGTERM', stop).once('SIGINT', stop);
  void storage.failed.then(() => end('ended by itself', 'its clean-up failed'));
  console.log(`listening ${storage.port} control ${storage.controlPort}`);
}

function optionsFrom(words: string[]): StorageOptions {
  const text = { type: 'string' } as const;
  const { values } = parseArgs({
    args: words,
    options: {
      account: text,
      port: text,
      'control-port': text,
      data: text,
      cert: text,
      key: text,
      issuer: text,
    },
  });
  const { account = '', port = '0', 'control-port': controlPort = '0', data, cert, key, issuer } = values;
  const [, name, accountKey] = /^([a-z0-9]{3,24}):([A-Za-z0-9+/]+=*)$/.exec(account) ?? [];
  if (name === undefined || accountKey === undefined || !data || !cert || !key) {
    throw new Error(`it takes ${usage}`);
  }
  return {
    account: name,
    accountKey,
    port: Number(port),
    controlPort: Number(controlPort),
    dataFolder: data,
    certificateFile: cert,
    keyFile: key,
    ...(issuer === undefined ? {} : { issuer }),
  };
}

function end(what: string, why: unknown): never {
  console.error(`The storage ${what}: ${why instanceof Error ? why.message : String(why)}`);
  process.exit(1);
}

process.on('uncaughtException', (error) => end('met a fault', error));
main().catch((error: unknown) => end('could not start', error));
