import { Freezer } from '../markers/freezer';
import type { ServiceClient } from '../service/service-client';
import type { StartAgentOptions } from '../start-agent';
import { usual } from '../run/open-workers';
import { Scanner, type ScannedDisk } from './scanner';

/** The scanner of disks that others write; none where guests write through the agent. */
export function openScanner(
  { scan, clock, ids, log, freezeScript, sealAtBytes = usual.sealAtBytes }: StartAgentOptions,
  service: ServiceClient,
  disks: readonly ScannedDisk[],
): Scanner | undefined {
  if (scan === undefined) return undefined;
  return new Scanner({
    ...scan,
    ...{ disks, clock, ids, log, sealAtBytes },
    freezer: new Freezer(freezeScript, log),
    seenServiceTime: () => service.seenServiceTimeInMs,
  });
}
