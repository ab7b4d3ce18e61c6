import { type Store } from '../../store';

/** What is remembered of a timer between two runs and over a restart. Milliseconds since 1970. */
export interface ScheduleStatus {
  readonly schedule: string;
  readonly lastMs: number;
  readonly nextMs: number;
  readonly updatedMs: number;
}

export interface ScheduleStatuses {
  read(functionName: string): ScheduleStatus | undefined;
  save(functionName: string, status: ScheduleStatus): Promise<void>;
}

export const scheduleStatusTable = `CREATE TABLE schedule_status (
  function_name TEXT PRIMARY KEY, schedule TEXT NOT NULL, last_ms INTEGER NOT NULL, next_ms INTEGER NOT NULL,
  updated_ms INTEGER NOT NULL) WITHOUT ROWID`;

export function storedScheduleStatuses(store: Store): ScheduleStatuses {
  return {
    read(functionName) {
      const row = store.read((database) =>
        database.prepare('SELECT * FROM schedule_status WHERE function_name = ?').get(functionName),
      );
      if (row === undefined) return undefined;
      return {
        schedule: String(row['schedule']),
        lastMs: Number(row['last_ms']),
        nextMs: Number(row['next_ms']),
        updatedMs: Number(row['updated_ms']),
      };
    },
    async save(functionName, { schedule, lastMs, nextMs, updatedMs }) {
      await store.write((database) =>
        database
          .prepare('INSERT OR REPLACE INTO schedule_status VALUES (?, ?, ?, ?, ?)')
          .run(functionName, schedule, lastMs, nextMs, updatedMs),
      );
    },
  };
}
