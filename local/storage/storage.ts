import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { openStore, StoreError, type Store } from '../store';
import { createAzurite, type AzuriteOptions } from './azurite';
import { startControl } from './control';
import { takeOverSaving } from './saving';

const saveEveryMs = 5_000;
const lockPatienceInMs = 2_000;
const lockRetryInMs = 50;

export interface StorageOptions extends AzuriteOptions {
  readonly account: string;
  /** The account's key, base64. */
  readonly accountKey: string;
  /** Where `POST /save` is answered; 0 takes a free port. */
  readonly controlPort: number;
}

export interface Storage {
  readonly port: number;
  readonly controlPort: number;
  /** What was acknowledged before this call survives the death of the process once it has resolved. */
  readonly save: () => Promise<void>;
  /** Resolves when the storage ended by itself, after a fault that it could not live with. */
  readonly failed: Promise<void>;
  readonly stop: () => Promise<void>;
}

/** Starts one blob storage account in this process. Only one can run in a process. */
export async function startStorage(options: StorageOptions): Promise<Storage> {
  process.env['AZURITE_ACCOUNTS'] = `${options.account}:${options.accountKey}`;
  await mkdir(options.dataFolder, { recursive: true });
  const lock = await lockFolder(options.dataFolder);
  try {
    return await startLocked(options, lock);
  } catch (error) {
    await lock.close();
    throw error;
  }
}

async function startLocked(options: StorageOptions, lock: Store): Promise<Storage> {
  const azurite = createAzurite(options);
  await azurite.start();
  const saving = takeOverSaving(azurite, saveEveryMs);
  const control = await startControl(options.controlPort, saving.save);

  let isStopping = false;
  const failed = new Promise<void>((resolve) => {
    azurite.httpServer.once('close', () => {
      if (!isStopping) resolve();
    });
  });
  const address = azurite.httpServer.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : options.port,
    controlPort: control.port,
    save: saving.save,
    failed,
    stop: async () => {
      isStopping = true;
      saving.stop();
      await azurite.close();
      await control.stop();
      await saving.save();
      await lock.close();
    },
  };
}

/** Two storages on one folder would overwrite each other's metadata. One that is just ending is waited for. */
async function lockFolder(folder: string): Promise<Store> {
  for (let waitedMs = 0; ; waitedMs += lockRetryInMs) {
    try {
      return openStore({
        file: join(folder, 'lock.sqlite'),
        migrations: [],
        name: 'the lock of the storage',
      });
    } catch (error) {
      const isTaken = error instanceof StoreError && error.code === 'alreadyOpen';
      if (!isTaken || waitedMs >= lockPatienceInMs) throw error;
      await sleep(lockRetryInMs);
    }
  }
}
