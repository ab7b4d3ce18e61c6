import { type ServiceBusClient } from '@azure/service-bus';
import { type AppFolder } from '../../support/host/app-folder';
import { type TestHost } from '../../support/host/test-host';

/** What a row has at hand: the sample app on a running host, and the broker it listens to. */
export interface HostWorld {
  readonly host: TestHost;
  readonly folder: AppFolder;
  readonly bus: ServiceBusClient;
}

/** One thing a Functions host must do, shown through the official libraries. Rejects when it does not. */
export interface HostRow {
  readonly area: string;
  readonly shows: string;
  run(world: HostWorld): Promise<void>;
}

/** Rows of one area. */
export function rowsOf(area: string, rows: Readonly<Record<string, HostRow['run']>>): readonly HostRow[] {
  return Object.entries(rows).map(([shows, run]) => ({ area, shows, run }));
}
