import path from 'node:path';
import { openStore, type Store, StoreError } from '../store';
import { HostError } from './host-error';
import { scheduleStatusTable } from './timer/schedule-status';

/** The host's own state. Its file is open to one process only, which is how a second host is kept out. */
export function openHostStore(dataFolder: string): Store {
  try {
    return openStore({
      file: path.join(dataFolder, 'host.sqlite'),
      migrations: [scheduleStatusTable],
      name: 'host state',
    });
  } catch (error) {
    if (error instanceof StoreError && error.code === 'alreadyOpen') {
      throw new HostError(
        `Another host is already running on the data folder ${dataFolder}. A data folder belongs to one host at a time: stop the other one, or choose another folder with --data.`,
        { cause: error },
      );
    }
    throw error;
  }
}
